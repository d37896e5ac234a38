/// How well rows out of scope are told from the others, whatever the threshold.
package struct OutOfScopeFigures: Sendable, Equatable {
    package struct Point: Sendable, Equatable {
        /// Share of the rows in scope that would be held to be out of scope.
        package let falsePositiveRate: Double
        /// Share of the rows out of scope that would be found.
        package let truePositiveRate: Double
    }

    private static let truePositiveRate = 0.95
    private static let pointCount = 200

    package let basis: EvaluationRows.OutOfScopeBasis
    /// Rows out of scope.
    package let rows: Int
    /// The receiver operating characteristic, at most some 200 points of it; empty where it is undefined.
    package let curve: [Point]
    /// The least share of rows in scope held to be out of scope where at least 95 % of those that are, are found.
    package let falsePositiveRateAt95: Figure

    init(_ rows: EvaluationRows) {
        basis = rows.outOfScopeBasis
        let positives = rows.isOutOfScope.lazy.filter { $0 }.count
        let negatives = rows.count - positives
        self.rows = positives
        guard positives > 0, negatives > 0 else {
            curve = []
            falsePositiveRateAt95 = Figure(undefined: KeyFigure.outOfScopeArea.why)
            return
        }
        let scores = rows.outOfScopeScore
        let order = (0..<rows.count).sorted { (scores[$1], $0) < (scores[$0], $1) }
        var points = [Point(falsePositiveRate: 0, truePositiveRate: 0)]
        var found = 0, mistaken = 0
        for (position, row) in order.enumerated() {
            if rows.isOutOfScope[row] { found += 1 } else { mistaken += 1 }
            guard position + 1 == order.count || scores[order[position + 1]] != scores[row] else { continue }
            points.append(
                Point(
                    falsePositiveRate: Double(mistaken) / Double(negatives),
                    truePositiveRate: Double(found) / Double(positives)
                )
            )
        }
        falsePositiveRateAt95 =
            points.first { $0.truePositiveRate >= Self.truePositiveRate }.map { Figure($0.falsePositiveRate) }
            ?? Figure(undefined: KeyFigure.outOfScopeArea.why)
        curve = Self.thinned(points)
    }

    /// Points that differ too little from the one before to be seen are left out.
    private static func thinned(_ points: [Point]) -> [Point] {
        let step = 2 / Double(pointCount)
        var kept: [Point] = []
        for (index, point) in points.enumerated() {
            if let last = kept.last, index < points.count - 1,
                point.falsePositiveRate - last.falsePositiveRate + point.truePositiveRate - last.truePositiveRate < step
            {
                continue
            }
            kept.append(point)
        }
        return kept
    }
}
