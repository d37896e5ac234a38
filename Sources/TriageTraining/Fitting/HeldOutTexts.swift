import TriageModel

/// What a head says of texts that it was not fitted on, and what they are: what it is calibrated by.
package struct HeldOutTexts: Sendable {
    /// `[texts][labels]`.
    package let logits: [Float]
    package let labelCount: Int
    /// The cosine of each text with the closest example.
    package let similarities: [Float]
    /// The number of each text's label; nil for one that is out of scope.
    package let labels: [Int?]
    /// Where each text comes from.
    package let sources: [String?]

    package init(
        logits: [Float],
        labelCount: Int,
        similarities: [Float],
        labels: [Int?],
        sources: [String?]? = nil
    ) {
        precondition(logits.count == labels.count * labelCount && similarities.count == labels.count)
        self.sources = sources ?? labels.map { _ in nil }
        self.logits = logits
        self.labelCount = labelCount
        self.similarities = similarities
        self.labels = labels
    }

    package func logits(of text: Int) -> [Float] { Array(logits[text * labelCount..<(text + 1) * labelCount]) }

    /// Those in scope.
    var inScope: [Int] { labels.indices.filter { labels[$0] != nil } }

    /// Whether the likeliest label is the right one.
    func isRight(_ text: Int) -> Bool {
        guard let label = labels[text] else { return false }
        let row = logits(of: text)
        return row.firstIndex(of: row.max() ?? 0) == label
    }

    func signals(of text: Int, temperature: Double, scope: HeadSettings.Scope?) -> HeadSignals {
        HeadSignals(logits(of: text), temperature: temperature, similarity: similarities[text], scope: scope)
    }

    /// Both together.
    static func + (left: HeldOutTexts, right: HeldOutTexts) -> HeldOutTexts {
        HeldOutTexts(
            logits: left.logits + right.logits,
            labelCount: left.labelCount,
            similarities: left.similarities + right.similarities,
            labels: left.labels + right.labels,
            sources: left.sources + right.sources
        )
    }
}
