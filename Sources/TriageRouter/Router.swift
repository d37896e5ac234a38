public import TriageModel

/// Decides who handles a query: a script, a large remote model, or a person.
///
/// Safe to use from many threads at once.
public struct Router: Sendable {
    /// The model that decides.
    public let model: TriageModel

    /// Routes by the labels of `model`.
    /// - Throws: `ModelError` where the model has no labels.
    public init(model: TriageModel) throws(ModelError) {
        guard !model.labels.isEmpty else {
            throw ModelError(path: model.directory, reason: "only embeds: the model has no labels to route by")
        }
        self.model = model
    }

    /// Decides on one query. At most `threads` threads work at once: more than one shorten the time of a single query, and
    /// cost more in all.
    /// - Throws: `ModelError` where the text holds nothing to read or the model's weights are broken.
    public func decide(_ text: String, threads: Int = 1) throws(ModelError) -> RouteDecision {
        var decision = RouteDecision()
        try decide(text, threads: threads, into: &decision)
        return decision
    }

    /// As `decide(_:threads:)`, into a value whose storage is used again: after a few calls decisions on ASCII texts
    /// allocate no memory, but for the text of the nearest example where the model abstains from what is out of scope. After
    /// an error its outcome is `unavailable` and nothing of the query before is left.
    /// - Throws: `ModelError` where the text holds nothing to read or the model's weights are broken.
    public func decide(_ text: String, threads: Int = 1, into decision: inout RouteDecision) throws(ModelError) {
        decision.clear()
        do throws(ModelError) {
            try model.classify(text, threads: threads, into: &decision.classification)
            try complete(&decision)
        } catch {
            decision.clear()
            throw error
        }
    }

    /// Decides on queries, in order. Each decision is the one the query would get alone (bit for bit in integers).
    /// - Throws: `ModelError` where a text holds nothing to read or the model's weights are broken.
    public func decide(_ texts: [String], threads: Int = 1) throws(ModelError) -> [RouteDecision] {
        let classifications = try model.classify(texts, threads: threads)
        var decisions: [RouteDecision] = []
        decisions.reserveCapacity(classifications.count)
        for classification in classifications {
            var decision = RouteDecision()
            decision.classification = classification
            try complete(&decision)
            decisions.append(decision)
        }
        return decisions
    }

    /// Fills in what follows from the classification.
    private func complete(_ decision: inout RouteDecision) throws(ModelError) {
        guard decision.classification.tokenCount > model.emptyTokenCount else {
            throw ModelError(fault: .text, path: "", reason: "the text holds nothing that the model reads")
        }
        // Of equal probabilities the first in the model's order counts, so that a tie is decided the same way everywhere.
        let probabilities = decision.classification.probabilities
        var best = 0
        var next: (index: Int, probability: Float)?
        for index in probabilities.indices.dropFirst() {
            if probabilities[index] > probabilities[best] {
                next = (best, probabilities[best])
                best = index
            } else if next.map({ probabilities[index] > $0.probability }) ?? true {
                next = (index, probabilities[index])
            }
        }
        let label = model.labels[best], second = next?.index
        decision.modelIdentity = model.identity
        decision.backend = model.backend
        decision.usesFirstStage = model.usesFirstStage
        decision.labels = model.labels
        decision.label = label.name
        decision.confidence = decision.classification.confidence
        decision.outOfScope = decision.classification.outOfScope
        decision.margin = decision.classification.probabilities[best] - (next?.probability ?? 0)
        decision.reason = reason(decision, best: label, second: second.map { model.labels[$0] })
        switch decision.reason {
        case .confident:
            decision.outcome = .classified
            decision.route = label.route ?? label.name
            decision.target = label.target
        case .ambiguous:
            decision.outcome = .abstained
            decision.route = carefulRoute(label, second.map { model.labels[$0] }) ?? ""
        case .outOfScope:
            decision.outcome = .abstained
            decision.route = model.decision?.outOfScopeRoute ?? ""
        }
    }

    /// Of the routes for ambiguous texts the most careful that one of the two labels leads to.
    private func carefulRoute(_ best: Label, _ second: Label?) -> String? {
        guard let routes = model.decision?.ambiguousRoutes else { return nil }
        return routes.first { $0 == best.route || $0 == second?.route } ?? routes.last
    }

    private func reason(_ decision: RouteDecision, best: Label, second: Label?) -> Reason {
        guard let settings = model.decision else { return .confident }
        if let outOfScope = decision.outOfScope, outOfScope > settings.outOfScopeThreshold {
            let nearest = decision.classification.nearestExample.flatMap { model.example(at: $0) }
            return .outOfScope(nearest: nearest?.text)
        }
        guard decision.confidence < settings.threshold else { return .confident }
        return .ambiguous(best.name, second?.name ?? best.name)
    }
}
