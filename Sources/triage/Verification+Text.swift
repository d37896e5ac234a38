import TriageModel

extension TriageModel.Verification {
    var isFailure: Bool { failure != nil }

    /// What people read of it.
    var text: String {
        switch self {
        case .passed(let count): "passed: \(count) golden vectors reproduced"
        case .failed: "FAILED: \(failure ?? "")"
        case .noGoldenVectors: "weights decode; the model has no golden vectors to compare with"
        }
    }
}
