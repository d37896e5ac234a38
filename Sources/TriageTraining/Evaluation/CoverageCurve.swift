/// What share of the answers would be wrong if only the surest were given (El-Yaniv and Wiener 2010): all rows with an answer,
/// abstained or not, the most confident first. An answer to a row out of scope is wrong. Rows of equal confidence come in any
/// order: the curve is what is to be expected.
package struct CoverageCurve: Sendable, Equatable {
    package struct Point: Sendable, Equatable {
        /// Share of the rows answered.
        package let coverage: Double
        /// The least confidence among them.
        package let threshold: Double
        /// Share of those that are wrong.
        package let error: Double
    }

    private static let pointCount = 100

    /// At every hundredth of the rows, at every row where there are fewer.
    package let points: [Point]
    /// Mean of the error over every number of rows answered (AURC, Geifman and El-Yaniv 2017).
    package let area: Figure

    init(_ rows: EvaluationRows) {
        let order = (0..<rows.count).filter { rows.given[$0] >= 0 }
            .sorted { (rows.confidence[$1], $0) < (rows.confidence[$0], $1) }
        var points: [Point] = []
        var sum = 0.0, wrong = 0.0, start = 0
        while start < order.count {
            let confidence = rows.confidence[order[start]]
            var end = start, wrongHere = 0.0
            while end < order.count, rows.confidence[order[end]] == confidence {
                wrongHere += rows.isRight(order[end]) ? 0 : 1
                end += 1
            }
            let share = wrongHere / Double(end - start)
            for position in start..<end {
                let answered = Double(position + 1)
                let error = (wrong + share * Double(position + 1 - start)) / answered
                sum += error
                let isShown = (position + 1) * Self.pointCount / order.count > position * Self.pointCount / order.count
                guard isShown else { continue }
                points.append(
                    Point(coverage: answered / Double(rows.count), threshold: Double(confidence), error: error)
                )
            }
            wrong += wrongHere
            start = end
        }
        self.points = points
        area = Figure(sum, over: Double(order.count), else: "no row has an answer")
    }
}
