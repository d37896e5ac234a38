@testable import TriageRouter

extension RouteDecision {
    /// By the model that ``DriftReference/sample(_:)`` is of.
    static func drift(
        _ label: String,
        confidence: Float = 0.9,
        outOfScope: Float? = 0.2,
        outcome: Outcome = .classified,
        reason: Reason = .confident,
        route: String? = nil,
        model: String = "sha256:model",
        policy: String = ""
    ) -> RouteDecision {
        var decision = RouteDecision()
        (decision.outcome, decision.reason) = (outcome, reason)
        (decision.label, decision.route) = (label, route ?? label)
        (decision.confidence, decision.outOfScope) = (confidence, outOfScope)
        (decision.modelIdentity, decision.policyIdentity) = (model, policy)
        return decision
    }

    /// By a rule, which knows neither label nor confidence.
    static func driftRule(route: String) -> RouteDecision {
        drift("", confidence: 0, outOfScope: nil, reason: .rule("r"), route: route)
    }
}

extension DriftReference {
    /// Of 1,000 decisions: half of them on `a`, two in five on `b`, a tenth on `c`, all sent to a route of the same name; half
    /// of them surer than 0.8, and half stranger than 0.5.
    static let sample = sample()

    static func sample(policy: String = "", labels: [(String, Int)] = [("a", 500), ("b", 400), ("c", 100)]) -> Self {
        DriftReference(
            modelIdentity: "sha256:model",
            policyIdentity: policy,
            usesFirstStage: false,
            data: "dev.jsonl",
            confidence: Histogram(edges: [0.8], counts: [500, 500]),
            outOfScope: Histogram(edges: [0.5], counts: [500, 500]),
            labels: labels.map { Count(item: $0, count: $1) },
            routes: labels.map { Count(item: DriftRoute(kind: .classified, route: $0), count: $1) }
        )
    }

    /// A decision like those that the reference counted, of number `index`.
    static func alike(_ index: Int) -> RouteDecision {
        let label = index % 10 < 5 ? "a" : index % 10 < 9 ? "b" : "c"
        return .drift(label, confidence: index % 2 == 0 ? 0.7 : 0.9, outOfScope: index % 4 < 2 ? 0.2 : 0.8)
    }
}
