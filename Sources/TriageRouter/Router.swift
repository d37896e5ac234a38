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

    /// Decides on one query.
    /// - Throws: `ModelError` where the text holds nothing to read or the model's weights are broken.
    public func decide(_ text: String) throws(ModelError) -> RouteDecision {
        try decision(on: try model.classify(text))
    }

    /// Decides on queries, in order. Each decision is the one the query would get alone (bit for bit in integers).
    /// - Throws: `ModelError` where a text holds nothing to read or the model's weights are broken.
    public func decide(_ texts: [String], threads: Int = 1) throws(ModelError) -> [RouteDecision] {
        let classifications = try model.classify(texts, threads: threads)
        var decisions: [RouteDecision] = []
        for classification in classifications { decisions.append(try decision(on: classification)) }
        return decisions
    }

    private func decision(on classification: Classification) throws(ModelError) -> RouteDecision {
        guard classification.tokenCount > model.emptyTokenCount else {
            throw ModelError(path: "", reason: "the text holds nothing that the model reads")
        }
        let probabilities = classification.probabilities
        // Equal probabilities keep the model's order, so that a tie is decided the same way everywhere.
        let order = probabilities.indices.sorted {
            (probabilities[$1], $0) < (probabilities[$0], $1)
        }
        let best = model.labels[order[0]]
        let confidence = probabilities[order[0]]
        return RouteDecision(
            outcome: .classified,
            label: best.name,
            route: best.route ?? best.name,
            confidence: confidence,
            margin: order.count > 1 ? confidence - probabilities[order[1]] : confidence,
            scores: order.map { .init(label: model.labels[$0].name, probability: probabilities[$0]) },
            logits: classification.logits,
            tokenCount: classification.tokenCount,
            isTruncated: classification.isTruncated
        )
    }
}
