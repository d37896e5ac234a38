/// Two models on the same data.
package struct ModelComparison: Sendable {
    /// A query that one of them gets right and the other wrong.
    package struct Change: Sendable, Equatable {
        package let row: Int
        package let text: String
        package let expected: String
        /// Nil where the model gave no answer.
        package let before: String?
        package let now: String?
    }

    /// Of the model that the new one is compared with.
    package let before: Figures
    /// By how much each figure is greater now.
    package let differences: [KeyFigure: Figure]
    /// Wrong before and right now, in the order of the data.
    package let fixed: [Change]
    /// Right before and wrong now.
    package let broken: [Change]

    /// A row in scope is right if its class is, one out of scope if the model abstained.
    package init(
        _ data: LabelledData,
        now: EvaluationRows,
        before: EvaluationRows,
        figures: Figures,
        differences: [KeyFigure: Figure]
    ) {
        self.before = figures
        self.differences = differences
        func isRight(_ rows: EvaluationRows, _ row: Int) -> Bool {
            rows.expected[row] >= 0 ? rows.isRight(row) : !rows.isAnswered[row]
        }
        func given(_ rows: EvaluationRows, _ row: Int) -> String? {
            rows.given[row] < 0 ? nil : rows.space.classes[Int(rows.given[row])]
        }
        var fixed: [Change] = [], broken: [Change] = []
        for (row, text) in data.texts.enumerated() where isRight(now, row) != isRight(before, row) {
            let change = Change(
                row: text.row,
                text: text.text,
                expected: text.label,
                before: given(before, row),
                now: given(now, row)
            )
            if isRight(now, row) { fixed.append(change) } else { broken.append(change) }
        }
        (self.fixed, self.broken) = (fixed, broken)
    }
}
