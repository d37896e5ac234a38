import TriageModel

extension TriageModel.Verification {
    var isFailure: Bool { if case .failed = self { true } else { false } }

    /// What people read of it.
    var text: String {
        switch self {
        case .passed(let count): "passed: \(count) golden vectors reproduced"
        case .failed(let text, let reason): "FAILED: \(text.debugDescription) \(reason)"
        case .noGoldenVectors: "weights decode; the model has no golden vectors to compare with"
        }
    }
}
