public import TriageModel

/// Who handles a query, and everything that is needed to explain and to recompute that. Reuse one with
/// `Router.decide(_:threads:into:)` to keep its storage.
public struct RouteDecision: Sendable, Equatable {
    /// How the decision came about.
    public enum Outcome: String, Sendable {
        /// The model was sure enough: its most probable label decided.
        case classified
        /// The model was not sure enough to decide: `reason` says why, and the route is the model's fallback for it.
        case abstained
        /// There is no decision: none was made yet, or an error came instead.
        case unavailable
    }

    /// How the decision came about.
    public internal(set) var outcome = Outcome.unavailable
    /// The most probable label.
    public internal(set) var label = ""
    /// The route of that label, the label itself where the model names no route; where the model abstained, the route that
    /// it falls back to, empty where it names none.
    public internal(set) var route = ""
    /// The handler on that route that the label names; nil where it names none, and where the model abstained.
    public internal(set) var target: String?
    /// Why the outcome is what it is.
    public internal(set) var reason = Reason.confident
    /// The calibrated probability that the label is right, 0 to 1.
    public internal(set) var confidence: Float = 0
    /// How unlike anything in training the text is, 0 to 1: the share of the queries in training that were less so; nil where
    /// the model cannot say.
    public internal(set) var outOfScope: Float?
    /// By how much the label's probability exceeds the next; the confidence where there is only one label.
    public internal(set) var margin: Float = 0
    /// What the model says: logits and probabilities in its order, and how much it read.
    public internal(set) var classification = Classification()
    /// `TriageModel.identity` of the model that decided.
    public internal(set) var modelIdentity = ""
    /// What computed, such as `cpu-int8-avx512vnni`; in int8 every one computes the same bits.
    public internal(set) var backend = ""
    /// Whether a first stage could have answered.
    public internal(set) var usesFirstStage = false
    var labels: [Label] = []

    /// On no query.
    public init() {}

    /// Makes this a decision on no query and keeps its storage.
    mutating func clear() {
        outcome = .unavailable
        (label, route, modelIdentity, backend, reason) = ("", "", "", "", .confident)
        (outOfScope, target) = (nil, nil)
        (confidence, margin, usesFirstStage) = (0, 0, false)
        classification.clear()
        labels = []
    }

    /// Every label with its probability, most probable first; sorted anew each time.
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
