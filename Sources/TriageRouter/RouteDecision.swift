public import TriageModel

/// Who handles a query, and everything that is needed to explain and to recompute that. Reuse one with
/// `Router.decide(_:threads:into:)` to keep its storage.
public struct RouteDecision: Sendable, Equatable {
    /// How the decision came about.
    public enum Outcome: String, Sendable {
        /// The model's most probable label decided.
        case classified
    }

    /// How the decision came about.
    public internal(set) var outcome = Outcome.classified
    /// The most probable label.
    public internal(set) var label = ""
    /// The route of that label; the label itself where the model names no route.
    public internal(set) var route = ""
    /// The calibrated probability of the label, 0 to 1.
    public internal(set) var confidence: Float = 0
    /// By how much the label's probability exceeds the next; the confidence where there is only one label.
    public internal(set) var margin: Float = 0
    /// What the model says: logits and probabilities in its order, and how much it read.
    public internal(set) var classification = Classification()
    var labels: [Label] = []

    /// On no query.
    public init() {}

    /// Every label with its probability, most probable first.
    public var scores: [Score] {
        let probabilities = classification.probabilities
        let order = probabilities.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
        return order.map { Score(label: labels[$0].name, probability: probabilities[$0]) }
    }

    /// A label with its probability.
    public struct Score: Sendable, Equatable {
        /// The label.
        public let label: String
        /// Its calibrated probability, 0 to 1.
        public let probability: Float

        package init(label: String, probability: Float) {
            self.label = label
            self.probability = probability
        }
    }
}
