public import TriageModel

/// Who handles a query, and everything that is needed to explain and to recompute that. Reuse one with
/// `Router.decide(_:_:threads:into:)` to keep its storage.
public struct RouteDecision: Sendable, Equatable {
    /// How the decision came about.
    public enum Outcome: String, Sendable, CaseIterable {
        /// The model was sure enough, and its most probable label decided; or a rule did.
        case classified
        /// The model was not sure enough to decide, or the text too long to read: `reason` says which, and the route is the
        /// fallback for it.
        case abstained
        /// The query was not accepted: there is nothing to read in it, or too many are waiting. There is no route.
        case rejected
        /// There is no decision: the model failed, or not in time. The route is the policy's fallback for that, if there is a
        /// policy.
        case unavailable
    }

    /// How the decision came about.
    public internal(set) var outcome = Outcome.unavailable
    /// The most probable label; empty where the model did not classify.
    public internal(set) var label = ""
    /// The route: `script`, `remote` or `human` by a policy. Without one, that of the label, the label itself where the model
    /// names none; where the model abstained, the route that it falls back to. Empty where there is none.
    public internal(set) var route = ""
    /// The handler on that route; nil where none is named.
    public internal(set) var target: String?
    /// What is expected of that handler; nil without a policy.
    public internal(set) var expectation: Expectation?
    /// Why the outcome is what it is.
    public internal(set) var reason = Reason.confident
    /// The calibrated probability that the label is right, 0 to 1; 0 where the model did not classify.
    public internal(set) var confidence: Float = 0
    /// How unlike anything in training the text is, 0 to 1: the share of the queries in training that were less so; nil where
    /// the model cannot say.
    public internal(set) var outOfScope: Float?
    /// By how much the label's probability exceeds the next; the confidence where there is only one label.
    public internal(set) var margin: Float = 0
    /// What the model says: logits and probabilities in its order, and how much it read; of no text where it was not asked.
    public internal(set) var classification = Classification()
    /// `TriageModel.identity` of the model that decided.
    public internal(set) var modelIdentity = ""
    /// `Policy.identity` of the policy that decided; empty without one.
    public internal(set) var policyIdentity = ""
    /// The currency of what is expected; empty without a policy.
    public internal(set) var currency = ""
    /// Counts what a ``LiveRouter`` loaded, from 1: which of its generations decided; 0 for a router of its own.
    public internal(set) var generation = 0
    /// What computed, such as `cpu-int8-avx512vnni`; in int8 every one computes the same bits.
    public internal(set) var backend = ""
    /// Whether a first stage could have answered.
    public internal(set) var usesFirstStage = false
    /// How long each step took; nil where it was not measured, outside of a ``DecisionQueue``.
    public internal(set) var timings: Timings?
    var labels: [Label] = []

    /// On no query.
    public init() {}

    /// Makes this a decision on no query by nobody, and keeps its storage.
    mutating func clear() {
        (outcome, reason) = (.unavailable, .confident)
        (label, route, modelIdentity, policyIdentity, currency, backend) = ("", "", "", "", "", "")
        (outOfScope, target, expectation, timings) = (nil, nil, nil, nil)
        (confidence, margin, usesFirstStage, generation) = (0, 0, false, 0)
        classification.clear()
        labels = []
    }

    /// Why there is neither a decision nor a fallback; nil where there is one of them.
    package var failure: String? {
        route.isEmpty && (outcome == .rejected || outcome == .unavailable) ? reason.description : nil
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

    /// How long the steps of one decision took.
    public struct Timings: Sendable, Equatable {
        /// Rules and tokenisation.
        public internal(set) var tokenize = Duration.zero
        /// Waiting for a thread.
        public internal(set) var queue = Duration.zero
        /// The model, on the whole batch that the query was part of.
        public internal(set) var compute = Duration.zero
    }
}

/// What a policy expects of the handler of a query.
public struct Expectation: Sendable, Equatable {
    /// What the handler costs, in the policy's currency.
    public let cost: Double
    /// What the policy's baseline would have cost more; negative where it would have cost less.
    public let saving: Double
    /// How long the handler takes.
    public let milliseconds: Double
}
