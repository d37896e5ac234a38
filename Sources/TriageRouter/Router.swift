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
    /// allocate no memory. After an error its outcome is `unavailable` and nothing of the query before is left.
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
        var best = 0
        var next: Float?
        for (index, probability) in decision.classification.probabilities.enumerated().dropFirst() {
            let greatest = decision.classification.probabilities[best]
            if probability > greatest { best = index }
            next = max(next ?? -.infinity, min(probability, greatest))
        }
        let label = model.labels[best]
        decision.outcome = .classified
        decision.modelIdentity = model.identity
        decision.backend = model.backend
        decision.usesFirstStage = model.usesFirstStage
        decision.labels = model.labels
        decision.label = label.name
        decision.route = label.route ?? label.name
        decision.confidence = decision.classification.probabilities[best]
        decision.margin = decision.confidence - (next ?? 0)
    }
}
