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
        case failed(text: String, reason: String)
        case noGoldenVectors

        /// What is wrong and what to do, where it failed.
        package var failure: String? {
            guard case .failed(let text, let reason) = self else { return nil }
            return "\(text.debugDescription) \(reason): the files are damaged, or another version of triage made them, "
                + "whose arithmetic differs; convert or train the model again"
        }
    }

    /// Where the model has a first stage, what each stage answers is among them, if any text can be found for it.
    package func goldenVectors() throws(ModelError) -> [ModelDescription.GoldenVector] {
        var vectors: [ModelDescription.GoldenVector] = []
        for text in GoldenTexts.all { vectors.append(try goldenVector(text)) }
        guard files.description?.firstStage != nil else { return vectors }
        for stage in Classification.Stage.allCases where !vectors.contains(where: { $0.stage == stage }) {
            for text in CalibrationTexts.standard {
                let vector = try goldenVector(text)
                guard vector.stage == stage else { continue }
                vectors.append(vector)
                break
            }
        }
        return vectors
    }

    /// With the first stage, whether this model uses it or not.
    private func goldenVector(_ text: String) throws(ModelError) -> ModelDescription.GoldenVector {
        guard !labels.isEmpty else { return .init(text: text, values: try embed(text).vector, stage: nil) }
        guard files.description?.firstStage != nil else {
            return .init(text: text, values: try classify(text).logits, stage: nil)
        }
        let answer = try TriageModel(self, usesFirstStage: true).classify(text)
        return .init(text: text, values: answer.logits, stage: answer.stage)
    }

    /// Recomputes the golden vectors. On the integer path every bit must agree, whatever computes; floating point may
    /// differ by a part in a thousand of the largest value.
    package func verify() throws(ModelError) -> Verification {
        let vectors = files.description?.goldenVectors ?? []
        guard !vectors.isEmpty else { return .noGoldenVectors }
        for vector in vectors {
            let found = try goldenVector(vector.text)
            let values = found.values
            guard found.stage == vector.stage else {
                func answered(_ stage: Classification.Stage?) -> String { "by the \(stage?.rawValue ?? "only") stage" }
                let reason = "is answered \(answered(found.stage)), was \(answered(vector.stage))"
                return .failed(text: vector.text, reason: reason)
            }
            guard values.count == vector.values.count else {
                return .failed(text: vector.text, reason: "gives \(values.count) values, gave \(vector.values.count)")
            }
            let difference = zip(values, vector.values).map { abs($0 - $1) }.max() ?? 0
            let scale = vector.values.map(abs).max() ?? 0
            guard difference <= (encoder.isExact ? 0 : scale * 1e-3) else {
                return .failed(text: vector.text, reason: "differs by \(difference)")
            }
        }
        return .passed(count: vectors.count)
    }
}
