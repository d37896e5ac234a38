extension EvaluationReport {
    package var html: String { "" }
}
