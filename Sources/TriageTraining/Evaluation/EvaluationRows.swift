/// Labelled texts and what a model said of them as numbers in columns, one entry a row. Names are looked up here once, so that
/// figures and thousands of resamples of them touch numbers only.
package struct EvaluationRows: Sendable {
    package let space: AnswerSpace
    /// Whether the model has a class of its own for what is out of scope.
    let outOfScopeClass: Int?
    /// The right class; -1 for a row that is out of scope, for which the model has none.
    let expected: [Int32]
    /// The most probable class; -1 where the model gave no answer.
    let given: [Int32]
    /// The probability of the class that was given.
    let confidence: [Float]
    /// The decision's confidence, which a threshold is compared with: that of the label also where classes are routes.
    let decisionConfidence: [Float]
    /// Whether the model decided rather than abstained.
    let isAnswered: [Bool]
    /// Whether the row is labelled as out of scope.
    let isOutOfScope: [Bool]
    /// How far out of scope the model holds the row to be.
    let outOfScopeScore: [Float]
    /// Where `outOfScopeScore` comes from.
    package let outOfScopeBasis: OutOfScopeBasis
    /// The squared error of all classes' probabilities together; 0 where there is no answer or no right class.
    let squaredError: [Float]
    /// The right route; -1 where it is not known. Empty without routes.
    let expectedRoute: [Int32]
    /// The route of the most probable label; -1 where the model gave no answer. Empty without routes.
    let givenRoute: [Int32]
    /// Where the query is sent; -1 where the model does not say. Empty without routes.
    let sentRoute: [Int32]
    /// The probability of each route, row by row: `routes.count` values a row.
    let routeProbabilities: [Float]
    let wordCounts: [Int32]

    /// What rows are ranked by when those out of scope are looked for.
    package enum OutOfScopeBasis: String, Sendable {
        /// The decision's own score.
        case score = "out_of_scope"
        /// The probability of the model's label for what is out of scope.
        case label = "label_probability"
        /// 1 less the confidence, where the model says nothing better.
        case confidence = "one_minus_confidence"
    }

    package var count: Int { expected.count }

    /// Whether the answer to a row with a right class is that class.
    func isRight(_ row: Int) -> Bool { expected[row] >= 0 && expected[row] == given[row] }

    /// `predictions` are those for the data's texts in order, of a model with the labels of `space`.
    package init(_ data: LabelledData, _ predictions: [Prediction], space: AnswerSpace) {
        precondition(predictions.count == data.texts.count, "a prediction for every text")
        self.space = space
        let classes = Dictionary(zip(space.classes, Int32(0)...)) { first, _ in first }
        let labels = Dictionary(zip(space.labels, 0...)) { first, _ in first }
        let routes = Dictionary(zip(space.routes, Int32(0)...)) { first, _ in first }
        let classOfLabel = space.classOfLabel
        let outOfScopeClass = data.outOfScopeLabel.flatMap { classes[$0] }
        let basis: OutOfScopeBasis =
            predictions.contains { $0.outOfScope != nil } ? .score : outOfScopeClass != nil ? .label : .confidence
        var expected: [Int32] = [], given: [Int32] = [], confidence: [Float] = [], answered: [Bool] = []
        var scores: [Float] = [], errors: [Float] = []
        var expectedRoute: [Int32] = [], givenRoute: [Int32] = [], sentRoute: [Int32] = []
        var routeProbabilities: [Float] = []
        var sums = [Float](repeating: 0, count: space.classes.count)
        for (text, prediction) in zip(data.texts, predictions) {
            let label = prediction.label.flatMap { labels[$0] }
            let right = classes[text.label] ?? -1
            let answer = label.map { classOfLabel[$0] }
            expected.append(right)
            given.append(answer.map { Int32($0) } ?? -1)
            answered.append(prediction.outcome == .classified && answer != nil)
            for index in sums.indices { sums[index] = 0 }
            for (index, value) in zip(classOfLabel, prediction.probabilities) { sums[index] += value }
            let isByLabel = space.basis == .label
            confidence.append(isByLabel ? prediction.confidence : min(1, answer.map { sums[$0] } ?? 0))
            errors.append(answer == nil || right < 0 ? 0 : Self.squaredError(sums, right: Int(right)))
            switch basis {
            case .score: scores.append(prediction.outOfScope ?? 0)
            case .label: scores.append(outOfScopeClass.map { sums[Int($0)] } ?? 0)
            case .confidence: scores.append(1 - prediction.confidence)
            }
            guard !routes.isEmpty else { continue }
            let ofLabel = labels[text.label].map { Int32(space.routeOfLabel[$0]) }
            let ofData = text.route.flatMap { routes[$0] } ?? (isByLabel ? ofLabel : routes[text.label])
            expectedRoute.append(ofData ?? -1)
            givenRoute.append(label.map { Int32(space.routeOfLabel[$0]) } ?? -1)
            sentRoute.append(prediction.route.flatMap { routes[$0] } ?? -1)
            let start = routeProbabilities.count
            routeProbabilities.append(contentsOf: repeatElement(0, count: routes.count))
            for (index, value) in zip(space.routeOfLabel, prediction.probabilities) {
                routeProbabilities[start + index] += value
            }
        }
        self.outOfScopeClass = outOfScopeClass.map { Int($0) }
        outOfScopeBasis = basis
        isOutOfScope = data.texts.map { data.isOutOfScope($0) }
        (self.expected, self.given, self.confidence, isAnswered) = (expected, given, confidence, answered)
        (outOfScopeScore, squaredError) = (scores, errors)
        (self.expectedRoute, self.givenRoute, self.sentRoute) = (expectedRoute, givenRoute, sentRoute)
        self.routeProbabilities = routeProbabilities
        decisionConfidence = predictions.map(\.confidence)
        wordCounts = data.texts.map { Int32(clamping: wordCount(of: $0.text)) }
    }

    private static func squaredError(_ probabilities: [Float], right: Int) -> Float {
        var sum: Float = 0
        for (index, value) in probabilities.enumerated() {
            let error = value - (index == right ? 1 : 0)
            sum += error * error
        }
        return sum
    }
}

/// The words of a text, separated by white space; at least 1.
func wordCount(of text: String) -> Int {
    var count = 0
    var isInWord = false
    for scalar in text.unicodeScalars {
        let isSpace =
            scalar.value < 0x80
            ? scalar.value == 0x20 || (0x09...0x0D).contains(scalar.value) : scalar.properties.isWhitespace
        if !isSpace && !isInWord { count += 1 }
        isInWord = !isSpace
    }
    return max(1, count)
}
