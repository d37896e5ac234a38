import TriageModel

/// Where a decision sends a query.
struct Destination: Sendable, Equatable {
    /// `script`, `remote` or `human` by a policy, else whatever the model names; empty for nowhere.
    var route: String
    var target: String?
    /// Nil without a policy.
    var expectation: Expectation?

    static let nowhere = Destination(route: "")
}

/// What holds for the queries of one tenant, bound to the labels of a model: by a policy's terms, or by the model's own
/// settings where there is no policy.
final class Plan: Sendable {
    struct LabelPlan: Sendable {
        let destination: Destination
        /// The least confidence.
        let threshold: Float
    }

    /// In the model's order.
    let labels: [LabelPlan]
    /// The least lead over the next label.
    let margin: Float
    /// The most that a text may be unlike training.
    let outOfScopeLimit: Float
    /// Never empty.
    let ambiguous: [Destination]
    let outOfScope: Destination
    let unavailable: Destination
    let tooLong: Destination
    let maximumBytes: Int
    let readingTerms: ReadingTerms
    /// The rules that are tried, list after list: numbers in the policy's book.
    let rules: [Range<Int>]
    /// By the handler's name.
    let destinations: [String: Destination]

    /// By the model's own settings.
    init(_ model: TriageModel) {
        let settings = model.decision
        func destination(_ route: String) -> Destination { Destination(route: route) }
        labels = model.labels.map { label in
            LabelPlan(
                destination: Destination(route: label.route ?? label.name, target: label.target),
                threshold: settings?.threshold ?? -.infinity
            )
        }
        margin = -.infinity
        outOfScopeLimit = settings?.outOfScopeThreshold ?? .infinity
        let routes = settings?.ambiguousRoutes ?? []
        ambiguous = routes.isEmpty ? [.nowhere] : routes.map(destination)
        outOfScope = settings?.outOfScopeRoute.map(destination) ?? .nowhere
        (unavailable, tooLong) = (.nowhere, .nowhere)
        maximumBytes = .max
        readingTerms = ReadingTerms(readsUnknown: settings == nil)
        rules = []
        destinations = [:]
    }

    /// By terms of a policy whose labels are the model's. `destinations` are those of the terms' handlers, by name.
    init(
        _ terms: Policy.Terms,
        _ model: TriageModel,
        destinations: [String: Destination],
        minimumConfidence: Float,
        rules: [Range<Int>]
    ) {
        func destination(_ name: String) -> Destination { destinations[name] ?? .nowhere }
        let confidence = terms.thresholds.confidence ?? model.decision?.threshold ?? -.infinity
        labels = model.labels.map { label in
            let terms = terms.labels[label.name]
            return LabelPlan(
                destination: terms.map { destination($0.handler) } ?? .nowhere,
                threshold: terms?.threshold ?? confidence
            )
        }
        margin = terms.thresholds.margin ?? -.infinity
        outOfScopeLimit = terms.thresholds.outOfScope ?? model.decision?.outOfScopeThreshold ?? .infinity
        ambiguous = terms.fallback.ambiguous.map(destination)
        outOfScope = destination(terms.fallback.outOfScope)
        unavailable = destination(terms.fallback.unavailable)
        tooLong = destination(terms.fallback.tooLong)
        maximumBytes = terms.maximumBytes
        readingTerms = ReadingTerms(
            maximumTokenCount: min(terms.maximumTokens ?? .max, model.maximumTokenCount),
            minimumConfidence: minimumConfidence,
            readsUnknown: false
        )
        self.rules = rules
        self.destinations = destinations
    }
}

extension Policy.Terms {
    /// Where each handler's name leads, with what is expected of it by the side of the handler `baseline`.
    func destinations(baseline: String) -> [String: Destination] {
        let baseline = handlers[baseline]?.price ?? 0
        return handlers.mapValues { handler in
            Destination(
                route: handler.route.rawValue,
                target: handler.name,
                expectation: Expectation(
                    cost: handler.price,
                    saving: baseline - handler.price,
                    milliseconds: handler.latency
                )
            )
        }
    }
}
