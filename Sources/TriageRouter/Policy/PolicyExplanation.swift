import TriageModel

/// How a router came to its decision on one query, for people who write policies.
package struct PolicyExplanation: Sendable {
    /// Whether the policy has terms for the tenant of the query.
    package let hasOwnTerms: Bool
    /// Rules that were looked at, the one that applied among them.
    package let rulesTried: Int
    /// Of all rules for the tenant.
    package let ruleCount: Int
    /// What was decided.
    package let decision: RouteDecision
    /// What was asked of the model's answer; nil where it was not asked.
    package let limits: Limits?

    package struct Limits: Sendable, Equatable {
        /// The least confidence for the label; nil for any.
        package let confidence: Float?
        /// The least lead over the next label; nil for any.
        package let margin: Float?
        /// The most that a text may be unlike training; nil for any.
        package let outOfScope: Float?
    }
}

extension Router {
    /// Decides as `decide(_:_:threads:)` does, and counts it, and says what was looked at.
    package func explain(_ text: String, _ context: RequestContext = RequestContext()) -> PolicyExplanation {
        let plan = policy.plan(of: context.tenant)
        let decision = decide(text, context)
        let rules = plan.rules.reduce(0) { $0 + $1.count }
        var tried = 0
        if case .rule(let name) = decision.reason {
            tried = Array(plan.rules.joined()).firstIndex { policy.ruleNames[$0] == name }.map { $0 + 1 } ?? rules
        } else if decision.reason != .deadlinePassed && text.utf8.count <= plan.maximumBytes {
            tried = rules
        }
        let label = model.labels.firstIndex { $0.name == decision.label }
        return PolicyExplanation(
            hasOwnTerms: context.tenant.map { policy.hasTerms(of: $0) } ?? false,
            rulesTried: tried,
            ruleCount: rules,
            decision: decision,
            limits: label.map { label in
                PolicyExplanation.Limits(
                    confidence: Self.limit(plan.labels[label].threshold),
                    margin: Self.limit(plan.margin),
                    outOfScope: Self.limit(plan.outOfScopeLimit)
                )
            }
        )
    }

    /// Infinite limits are none.
    private static func limit(_ value: Float) -> Float? { value.isFinite ? value : nil }
}
