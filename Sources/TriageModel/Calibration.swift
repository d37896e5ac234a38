/// Turns logits into probabilities that mean what they say.
package struct Calibration: Sendable, Equatable {
    let problemType: HuggingFaceConfiguration.ProblemType
    /// Logits are divided by it (Guo et al., arXiv:1706.04599).
    let temperature: Float

    /// The probabilities of one row of logits.
    func probabilities(_ logits: some Collection<Float>) -> [Float] {
        switch problemType {
        case .regression: return Array(logits)
        case .multiLabel: return logits.map { Self.sigmoid($0 / temperature) }
        case .singleLabel:
            let largest = Double(logits.max() ?? 0)
            let weights = logits.map { Self.exponential((Double($0) - largest) / Double(temperature)) }
            let sum = weights.reduce(0, +)
            return weights.map { Float($0 / sum) }
        }
    }

    private static func sigmoid(_ x: Float) -> Float {
        Float(1 / (1 + exponential(-Double(x))))
    }
}
