import Encoder

/// Texts whose exact results are stored with a model, so that any machine can prove that it computes the same.
enum GoldenTexts {
    static let all = [
        "what is the balance of my account",
        "I want to speak to a person about a payment that I did not make.",
        "Explain, step by step, why the sky is blue and sunsets are red.",
        "OK",
    ]
}

extension TriageModel {
    /// What verification found.
    package enum Verification: Sendable, Equatable {
        /// Every golden vector was reproduced: `count` of them, bit for bit on the integer path.
        case passed(count: Int)
        case failed(text: String, largestDifference: Float)
        case noGoldenVectors
    }

    package func goldenVectors() throws(ModelError) -> [ModelDescription.GoldenVector] {
        var vectors: [ModelDescription.GoldenVector] = []
        for text in GoldenTexts.all {
            vectors.append(.init(text: text, values: try goldenValues(text)))
        }
        return vectors
    }

    private func goldenValues(_ text: String) throws(ModelError) -> [Float] {
        labels.isEmpty ? try embed(text).vector : try classify(text).logits
    }

    /// Recomputes the golden vectors. On the integer path every bit must agree; floating point through a BLAS may
    /// differ by a part in a thousand of the largest value.
    package func verify() throws(ModelError) -> Verification {
        let vectors = files.description?.goldenVectors ?? []
        guard !vectors.isEmpty else { return .noGoldenVectors }
        for vector in vectors {
            let values = try goldenValues(vector.text)
            guard values.count == vector.values.count else {
                return .failed(text: vector.text, largestDifference: .infinity)
            }
            let difference = zip(values, vector.values).map { abs($0 - $1) }.max() ?? 0
            let scale = vector.values.map(abs).max() ?? 0
            let isExact = encoder.name.hasPrefix("cpu-int8")
            guard difference <= (isExact ? 0 : scale * 1e-3) else {
                return .failed(text: vector.text, largestDifference: difference)
            }
        }
        return .passed(count: vectors.count)
    }
}
