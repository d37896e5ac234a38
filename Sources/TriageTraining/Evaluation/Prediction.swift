import TriageModel
package import TriageRouter

/// What a model said of one text, as far as evaluation needs it.
package struct Prediction: Sendable, Equatable {
    /// How the decision came about.
    package enum Outcome: String, Sendable, CaseIterable {
        case classified
        /// Two labels are too close to one another.
        case abstainedAmbiguous
        /// The text is unlike anything in training.
        case abstainedOutOfScope
        /// The model gave no answer, not even an unsure one: the text holds nothing that it reads.
        case unavailable
    }

    /// How the decision came about.
    package var outcome: Outcome
    /// The most probable label, abstention or not; nil where the model gave no answer.
    package var label: String?
    /// Where the query is sent; nil where the model abstained and names no route for that, and where it gave no answer.
    package var route: String?
    /// The probability that the label is right, 0 to 1.
    package var confidence: Float
    /// The probability of each label, 0 to 1, in the model's order; empty where there is no answer.
    package var probabilities: [Float]
    /// How unlike anything in training the text is, 0 to 1; nil where the model cannot say.
    package var outOfScope: Float?
    /// The example in training that comes closest, where there is one to show.
    package var nearest: String?

    /// What is no probability (a regression model's output, a number that is none) is brought into 0 to 1.
    package init(
        outcome: Outcome,
        label: String?,
        route: String? = nil,
        confidence: Float,
        probabilities: [Float],
        outOfScope: Float? = nil,
        nearest: String? = nil
    ) {
        self.outcome = outcome
        self.label = label
        self.route = route
        self.confidence = probability(confidence)
        self.probabilities = probabilities.map(probability)
        self.outOfScope = outOfScope.map(probability)
        self.nearest = nearest
    }

    /// The prediction for a text that the model cannot read.
    package static let unavailable = Prediction(outcome: .unavailable, label: nil, confidence: 0, probabilities: [])

    /// `nearest`: the closest example in training.
    package init(_ decision: RouteDecision, nearest: String? = nil) {
        let route = decision.route.isEmpty ? nil : decision.route
        let outcome: Outcome
        switch (decision.outcome, decision.reason) {
        case (.unavailable, _), (.rejected, _):
            self = .unavailable
            return
        case (.classified, _): outcome = .classified
        case (.abstained, .outOfScope): outcome = .abstainedOutOfScope
        case (.abstained, _): outcome = .abstainedAmbiguous
        }
        self.init(
            outcome: outcome,
            label: decision.label,
            route: route,
            confidence: decision.confidence,
            probabilities: decision.classification.probabilities,
            outOfScope: decision.outOfScope,
            nearest: nearest
        )
    }
}

private func probability(_ value: Float) -> Float { value > 0 ? min(1, value) : 0 }
