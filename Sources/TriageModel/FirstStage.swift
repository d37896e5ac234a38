/// The first stage as a model uses it.
struct FirstStage: Sendable {
    /// Of its own logits.
    let calibration: Calibration
    /// It answers where its greatest probability is at least this.
    let threshold: Float

    init(_ settings: FirstStageSettings) {
        calibration = Calibration(problemType: .singleLabel, temperature: settings.temperature)
        threshold = settings.threshold
    }

    /// Whether what the first stage says of a text is the answer.
    func isSure(of classification: Classification) -> Bool {
        classification.probabilities.contains { $0 >= threshold }
    }
}

extension TriageModel {
    func calibration(of stage: Classification.Stage) -> Calibration {
        stage == .first ? firstStage?.calibration ?? calibration : calibration
    }
}
