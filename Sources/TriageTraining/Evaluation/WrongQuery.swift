/// A query that was answered wrongly, or would have been if the model had to choose; or one out of scope that was answered.
package struct WrongQuery: Sendable, Equatable {
    /// Its place in the file.
    package let row: Int
    package let text: String
    package let expected: String
    /// Nil where the model gave no answer.
    package let given: String?
    package let confidence: Double
    package let outcome: Prediction.Outcome
    package let source: String?
    /// The example in training that comes closest, where there is one to show.
    package let nearest: String?

    /// The most confident first.
    static func list(_ data: LabelledData, _ predictions: [Prediction], _ rows: EvaluationRows) -> [WrongQuery] {
        let wrong = (0..<rows.count).filter { row in
            rows.expected[row] >= 0 ? !rows.isRight(row) : rows.isAnswered[row]
        }
        return wrong.sorted { (rows.confidence[$1], $0) < (rows.confidence[$0], $1) }.map { row in
            let text = data.texts[row]
            return WrongQuery(
                row: text.row,
                text: text.text,
                expected: text.label,
                given: rows.given[row] < 0 ? nil : rows.space.classes[Int(rows.given[row])],
                confidence: Double(rows.confidence[row]),
                outcome: predictions[row].outcome,
                source: text.source,
                nearest: predictions[row].nearest
            )
        }
    }
}
