import TriageModel

/// Makes a ``DriftReference`` of decisions that are counted one by one.
package struct DriftCounter {
    private let identities: (model: String, policy: String, usesFirstStage: Bool)
    private let data: String
    private var confidence: [Float] = []
    private var outOfScope: [Float] = []
    private var labels: [String: Int] = [:]
    private var routes: [DriftReference.DriftRoute: Int] = [:]

    /// `data`: what the queries are called.
    package init(router: Router, data: String) {
        identities = (router.model.identity, router.policyIdentity, router.model.usesFirstStage)
        self.data = data
    }

    /// Counts a decision of the router; what was rejected or left without a decision does not count.
    package mutating func count(_ decision: RouteDecision) {
        guard let kind = DriftReference.DriftRoute.Kind(decision) else { return }
        routes[.init(kind: kind, route: decision.route), default: 0] += 1
        guard !decision.label.isEmpty else { return }
        labels[decision.label, default: 0] += 1
        confidence.append(decision.confidence)
        if let score = decision.outOfScope { outOfScope.append(score) }
    }

    /// - Throws: `DriftError` where the model decided on fewer than `DriftReference.minimumRows` queries.
    package func reference() throws(DriftError) -> DriftReference {
        let minimum = DriftReference.minimumRows
        guard confidence.count >= minimum else {
            throw DriftError(
                path: data,
                reason: "the model decides on \(confidence.count) of its queries; a reference needs \(minimum)"
            )
        }
        return DriftReference(
            modelIdentity: identities.model,
            policyIdentity: identities.policy,
            usesFirstStage: identities.usesFirstStage,
            data: data,
            confidence: Histogram(of: confidence),
            outOfScope: outOfScope.count == confidence.count ? Histogram(of: outOfScope) : nil,
            labels: labels.map { .init(item: $0, count: $1) }.sorted { $0.item < $1.item },
            routes: routes.map { .init(item: $0, count: $1) }.sorted { $0.item.name < $1.item.name }
        )
    }
}
