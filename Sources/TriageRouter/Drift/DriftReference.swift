import TriageModel

/// What the decisions of a router look like on queries that it was calibrated for, in counts alone: what a ``DriftMonitor``
/// compares the decisions of a service with. Immutable; safe to share between threads.
public struct DriftReference: Sendable, Equatable {
    /// What the file is called in a model's directory. It does not count towards the model's identity.
    public static let fileName = "drift.json"

    /// `TriageModel.identity` of the model that decided.
    public let modelIdentity: String
    /// `Policy.identity` of the policy that decided; empty without one.
    public let policyIdentity: String
    /// Whether a first stage could have answered.
    public let usesFirstStage: Bool
    /// What the queries are called.
    public let data: String
    /// Calibrated probabilities of the labels decided on.
    let confidence: Histogram
    /// Nil where the model cannot say.
    let outOfScope: Histogram?
    /// Decisions by label, by name.
    let labels: [Count<String>]
    /// Decisions by how they came about and where they lead to.
    let routes: [Count<DriftRoute>]

    /// How often something was decided.
    struct Count<Item: Sendable & Equatable>: Sendable, Equatable {
        let item: Item
        let count: Int
    }

    /// How many queries were decided on.
    public var rows: Int { routes.reduce(0) { $0 + $1.count } }

    /// Why decisions of `router` cannot be compared with this; nil where they can.
    package func objection(to router: Router) -> String? {
        objection(
            model: router.model.identity,
            policy: router.policyIdentity,
            usesFirstStage: router.model.usesFirstStage
        )
    }

    func objection(model: String, policy: String, usesFirstStage: Bool) -> String? {
        let advice = "make a reference for these decisions with `triage drift reference`"
        if model != modelIdentity { return "decided by model \(model), the reference by \(modelIdentity); \(advice)" }
        if policy != policyIdentity {
            func name(_ identity: String) -> String { identity.isEmpty ? "no policy" : "policy \(identity)" }
            return "decided by \(name(policy)), the reference by \(name(policyIdentity)); \(advice)"
        }
        guard usesFirstStage != self.usesFirstStage else { return nil }
        return "decided \(usesFirstStage ? "with" : "without") a first stage, the reference was not; \(advice)"
    }

    /// Where a decision led to, and why: of what is abstained from each reason counts as a route of its own.
    struct DriftRoute: Sendable, Hashable {
        enum Kind: String, Sendable, CaseIterable {
            case classified
            case ambiguous
            case outOfScope = "out_of_scope"
            case tooLong = "too_long"
        }

        let kind: Kind
        let route: String

        var name: String { route.isEmpty ? kind.rawValue : "\(kind.rawValue) \(route)" }
    }
}

extension DriftReference.DriftRoute.Kind {
    /// Nil where the decision counts for nothing: nobody was asked, or nobody answered.
    init?(_ decision: RouteDecision) {
        switch decision.outcome {
        case .classified: self = .classified
        case .abstained:
            switch decision.reason {
            case .ambiguous: self = .ambiguous
            case .outOfScope: self = .outOfScope
            case .tooLong: self = .tooLong
            default: return nil
            }
        case .rejected, .unavailable: return nil
        }
    }
}
