import CPUBackend
import TriageModel

@testable import TriageTraining

/// Numbers from 0 to 1 that other programs can repeat (Knuth's MMIX generator).
struct LinearCongruential {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) / 16_777_216
    }
}

/// `count` texts of `labelCount` labels by turns: vectors of 5 values that lean to the label, one to four words each.
func fittingFeatures(_ count: Int, labelCount: Int = 3, lean: Float = 0.4) -> (features: TextFeatures, labels: [Int]) {
    var numbers = LinearCongruential(seed: 1)
    var features = TextFeatures(size: 5, lexical: LexicalFeatures(bits: 4))
    for text in 0..<count {
        var vector = (0..<5).map { _ in numbers.next() - 0.5 }
        vector[text % labelCount] += lean
        let words = 1 + Int(numbers.next() * 4)
        features.append(vector, ids: (0..<words).map { _ in UInt32(numbers.next() * 1000) })
    }
    return (features, (0..<count).map { $0 % labelCount })
}

/// As above, with words and texts of different weight.
func regressionProblem(_ count: Int) -> LogisticRegression.Problem {
    let (features, labels) = fittingFeatures(count)
    return LogisticRegression.Problem(
        features: features,
        lexicalWeights: features.buckets.indices.map { 0.25 + 0.05 * Float($0 % 5) },
        labels: labels,
        labelCount: 3,
        textWeights: labels.indices.map { 0.5 + 0.25 * Float($0 % 4) }
    )
}

/// Of each row of logits.
func probabilities(_ logits: [Float], labelCount: Int) -> [[Double]] {
    stride(from: 0, to: logits.count, by: labelCount).map { start in
        let row = logits[start..<start + labelCount].map { exponential(Double($0)) }
        let sum = row.reduce(0, +)
        return row.map { $0 / sum }
    }
}
