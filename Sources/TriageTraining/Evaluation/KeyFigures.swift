/// The figures that come with an interval.
package enum KeyFigure: String, Sendable, CaseIterable {
    /// Share of the rows in scope whose most probable class is the right one, had the model to choose on each.
    case accuracy
    /// Mean over the classes of the harmonic mean of precision and recall, on the rows in scope, as if the model had to choose.
    case macroF1 = "macro_f1"
    /// Expected calibration error over 15 bins of equal width (Guo et al. 2017), on the rows in scope.
    case calibrationError = "ece"
    /// Probability that a row out of scope looks more so than one in scope.
    case outOfScopeArea = "auroc"
    /// Share of all rows on which the model decided rather than abstained.
    case coverage
    /// Share of those that are wrong; an answer to a row out of scope is.
    case answeredError = "error_answered"

    package var why: String {
        switch self {
        case .accuracy, .macroF1: "no row is in scope"
        case .calibrationError: "no row in scope has an answer"
        case .outOfScopeArea: "the data does not have both rows that are out of scope and rows that are in scope"
        case .coverage: "there are no rows"
        case .answeredError: "the model answered no row"
        }
    }
}

/// The key figures of rows that each count a number of times: once for the figures themselves, as often as it was drawn for a
/// resample of the bootstrap, so that both are computed by the same code.
struct KeyFigures: Sendable {
    static let binCount = 15

    private let rows: EvaluationRows
    private let bins: [UInt8]
    /// Rows by rising out-of-scope score, and where a new score begins; empty where there is nothing to tell apart.
    private let ranking: [Int32]
    private let isNewScore: [Bool]

    init(_ rows: EvaluationRows) {
        self.rows = rows
        bins = rows.confidence.map { UInt8(Self.bin(of: $0)) }
        let positives = rows.isOutOfScope.lazy.filter { $0 }.count
        guard positives > 0, positives < rows.count else {
            (ranking, isNewScore) = ([], [])
            return
        }
        let scores = rows.outOfScopeScore
        let ranking = (0..<rows.count).sorted { (scores[$0], $0) < (scores[$1], $1) }
        self.ranking = ranking.map { Int32($0) }
        isNewScore = ranking.indices.map { $0 == 0 || scores[ranking[$0]] != scores[ranking[$0 - 1]] }
    }

    /// The bin of a confidence from 0 to 1: the last holds 1 as well.
    static func bin(of confidence: Float) -> Int { min(binCount - 1, Int(Double(confidence) * Double(binCount))) }

    /// In the order of `KeyFigure.allCases`; nil where undefined. `weights`: how often each row counts.
    func values(_ weights: [UInt32]) -> [Double?] {
        let classCount = rows.space.classes.count
        var wanted = [Int](repeating: 0, count: classCount)
        var answered = wanted, right = wanted
        var binRows = [Int](repeating: 0, count: Self.binCount)
        var binRight = binRows
        var binConfidence = [Double](repeating: 0, count: Self.binCount)
        var all = 0, inScope = 0, decided = 0, decidedRight = 0
        for row in 0..<rows.count where weights[row] > 0 {
            let weight = Int(weights[row])
            let expected = Int(rows.expected[row]), given = Int(rows.given[row])
            let isRight = expected >= 0 && expected == given
            all += weight
            if rows.isAnswered[row] {
                decided += weight
                if isRight { decidedRight += weight }
            }
            guard expected >= 0 else { continue }
            inScope += weight
            wanted[expected] += weight
            guard given >= 0 else { continue }
            answered[given] += weight
            let bin = Int(bins[row])
            binRows[bin] += weight
            binConfidence[bin] += Double(weight) * Double(rows.confidence[row])
            if isRight {
                right[given] += weight
                binRight[bin] += weight
            }
        }
        var scores = 0.0, classes = 0
        for index in 0..<classCount where wanted[index] + answered[index] > 0 {
            scores += 2 * Double(right[index]) / Double(wanted[index] + answered[index])
            classes += 1
        }
        var gap = 0.0
        for bin in 0..<Self.binCount { gap += (Double(binRight[bin]) - binConfidence[bin]).magnitude }
        let chosen = binRows.reduce(0, +)
        return [
            ratio(Double(right.reduce(0, +)), inScope), ratio(scores, classes), ratio(gap, chosen),
            outOfScopeArea(weights), ratio(Double(decided), all), ratio(Double(decided - decidedRight), decided),
        ]
    }

    /// By the rank sum of Mann and Whitney: equal scores count half.
    private func outOfScopeArea(_ weights: [UInt32]) -> Double? {
        var inScopeBelow = 0, wins = 0.0, positives = 0
        var tiedPositives = 0, tiedNegatives = 0
        for (row, isNew) in zip(ranking, isNewScore) {
            if isNew {
                wins += Double(tiedPositives) * (Double(inScopeBelow) + Double(tiedNegatives) / 2)
                inScopeBelow += tiedNegatives
                (tiedPositives, tiedNegatives) = (0, 0)
            }
            let weight = Int(weights[Int(row)])
            if rows.isOutOfScope[Int(row)] {
                tiedPositives += weight
                positives += weight
            } else {
                tiedNegatives += weight
            }
        }
        wins += Double(tiedPositives) * (Double(inScopeBelow) + Double(tiedNegatives) / 2)
        inScopeBelow += tiedNegatives
        guard positives > 0, inScopeBelow > 0 else { return nil }
        return wins / (Double(positives) * Double(inScopeBelow))
    }
}

private func ratio(_ numerator: Double, _ denominator: Int) -> Double? {
    denominator > 0 ? numerator / Double(denominator) : nil
}
