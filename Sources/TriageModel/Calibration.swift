/// Turns logits into probabilities that mean what they say.
package struct Calibration: Sendable, Equatable {
    let problemType: HuggingFaceConfiguration.ProblemType
    /// Logits are divided by it (Guo et al., arXiv:1706.04599).
    let temperature: Float

    /// Replaces `probabilities` by those of one row of logits; `weights` is scratch.
    func probabilities(_ logits: [Float], weights: inout [Double], into probabilities: inout [Float]) {
        probabilities.removeAll(keepingCapacity: true)
        switch problemType {
        case .regression: probabilities.append(contentsOf: logits)
        case .multiLabel: for logit in logits { probabilities.append(Self.sigmoid(logit / temperature)) }
        case .singleLabel:
            let largest = Double(logits.max() ?? 0)
            weights.removeAll(keepingCapacity: true)
            for logit in logits { weights.append(Self.exponential((Double(logit) - largest) / Double(temperature))) }
            let sum = weights.reduce(0, +)
            for weight in weights { probabilities.append(Float(weight / sum)) }
        }
    }

    private static func sigmoid(_ x: Float) -> Float {
        Float(1 / (1 + exponential(-Double(x))))
    }
}
