package import TriageModel

/// Everything that an evaluation of one model on one data set finds, but for costs.
package struct Figures: Sendable {
    package let space: AnswerSpace
    package let rows: Int
    /// Rows for which the model has a right class.
    package let rowsInScope: Int
    package let key: [KeyFigure: Figure]
    package let classes: [ClassFigures]
    package let confusion: ConfusionMatrix
    /// Nil where the model names no routes.
    package let routes: RouteFigures?
    /// Empty where the data names no sources.
    package let sources: [GroupFigures]
    /// Mean of the accuracies of the sources, each counting the same.
    package let sourceAverage: Figure
    package let lengths: [GroupFigures]
    package let reliability: Reliability
    package let coverageCurve: CoverageCurve
    /// Nil where the data does not say what is out of scope.
    package let outOfScope: OutOfScopeFigures?
    /// Rows by how their decision came about.
    package let outcomes: [Prediction.Outcome: Int]
    /// What the model promises of its decisions; nil where it promises nothing.
    package let promise: DecisionSettings.Promise?
    package let wrong: [WrongQuery]

    /// `key`: the key figures of `rows`, which are those of `data` and `predictions`.
    package init(
        _ data: LabelledData,
        _ predictions: [Prediction],
        rows: EvaluationRows,
        key: [KeyFigure: Figure],
        promise: DecisionSettings.Promise? = nil
    ) {
        space = rows.space
        self.rows = rows.count
        rowsInScope = rows.expected.lazy.filter { $0 >= 0 }.count
        self.key = key
        confusion = ConfusionMatrix(space.classes, expected: rows.expected, given: rows.given)
        classes = confusion.figures
        routes = RouteFigures(rows)
        sources = GroupFigures.bySource(rows, sources: data.texts.map(\.source))
        let accuracies = sources.compactMap(\.accuracy.value)
        sourceAverage = Figure(
            accuracies.reduce(0, +),
            over: Double(accuracies.count),
            else: "the data names no source of rows in scope"
        )
        lengths = GroupFigures.byLength(rows)
        reliability = Reliability(rows)
        coverageCurve = CoverageCurve(rows)
        outOfScope = data.outOfScopeLabel == nil ? nil : OutOfScopeFigures(rows)
        outcomes = predictions.reduce(into: [:]) { $0[$1.outcome, default: 0] += 1 }
        self.promise = promise
        wrong = WrongQuery.list(data, predictions, rows)
    }

    package subscript(key: KeyFigure) -> Figure { self.key[key] ?? Figure(undefined: key.why) }
}
