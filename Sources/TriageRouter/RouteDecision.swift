/// Who handles a query, and everything that is needed to explain and to recompute that.
public struct RouteDecision: Sendable, Equatable {
    /// How the decision came about.
    public enum Outcome: String, Sendable {
        /// The model's most probable label decided.
        case classified
    }

    /// How the decision came about.
    public let outcome: Outcome
    /// The most probable label.
    public let label: String
    /// The route of that label; the label itself where the model names no route.
    public let route: String
    /// The calibrated probability of the label, 0 to 1.
    public let confidence: Float
    /// By how much the label's probability exceeds the next; the confidence where there is only one label.
    public let margin: Float
    /// Every label with its probability, most probable first.
    public let scores: [Score]
    /// The raw output of every label, in the model's order.
    public let logits: [Float]
    /// Tokens that the model read.
    public let tokenCount: Int
    /// Whether the text was longer than the model reads.
    public let isTruncated: Bool

    /// A label with its probability.
    public struct Score: Sendable, Equatable {
        /// The label.
        public let label: String
        /// Its calibrated probability, 0 to 1.
        public let probability: Float
    }
}
