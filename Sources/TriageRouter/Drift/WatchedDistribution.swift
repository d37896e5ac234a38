import Glibc

/// One distribution that is watched: its bins, how often the reference has each, and how far a window may be from that.
///
/// The distance is the population stability index Σ (p − q) ln(p / q) over bins, p being the shares of the window and q those of
/// the reference. Where both are samples of n and m from one population it is, over 1/n + 1/m, chi-square distributed with one
/// degree of freedom less than there are bins (Yurdakul and Naranjo 2020, "Statistical properties of the population stability
/// index", Journal of Risk Model Validation 14(4)), so that a quantile of that bounds it.
struct WatchedDistribution: Sendable {
    /// The least bound, whatever the quantile: real queries are not independent of one another, as the quantile takes them to be, and
    /// less is held to be no change by those who use the index.
    static let leastBound = 0.1
    /// Queries that a window must hold for each bin: with fewer a quantile of chi-square says little (Cochran 1954).
    static let rowsPerBin = 5
    /// What is added to each bin of window and reference (Jeffreys' prior), so that none is empty: in an empty one the index
    /// would be infinite.
    static let prior = 0.5

    let kind: DriftReport.Statistic.Kind
    let bins: [String]
    let reference: [Int]
    private let quantile: Double

    /// `falseAlarmRate`: of a window, by this distribution alone.
    init(_ kind: DriftReport.Statistic.Kind, bins: [String], reference: [Int], falseAlarmRate: Double) {
        (self.kind, self.bins, self.reference) = (kind, bins, reference)
        let degrees = reference.count { $0 > 0 } - 1
        quantile = ChiSquare.quantile(exceededWith: falseAlarmRate, degrees: degrees)
    }

    /// By how much a window that holds `counts` differs.
    func statistic(_ counts: ArraySlice<Int>) -> DriftReport.Statistic {
        let rows = counts.reduce(0, +), referenceRows = reference.reduce(0, +)
        guard rows >= Self.rowsPerBin * bins.count else {
            return DriftReport.Statistic(kind: kind, rows: rows, psi: nil, bound: nil, moved: [])
        }
        let bound = quantile * (1 / Double(rows) + 1 / Double(referenceRows))
        let parts = Self.parts(of: Array(counts), against: reference)
        var moved = zip(bins, parts).enumerated().map { index, part in
            DriftReport.Bin(
                name: part.0,
                expected: Double(reference[index]) / Double(referenceRows),
                found: Double(counts[counts.startIndex + index]) / Double(rows),
                psi: part.1
            )
        }
        moved.sort { $0.psi > $1.psi }
        return DriftReport.Statistic(
            kind: kind,
            rows: rows,
            psi: parts.reduce(0, +),
            bound: max(Self.leastBound, bound),
            moved: Array(moved.prefix(DriftReport.Statistic.movedCount))
        )
    }

    /// What each bin adds to the index; one that neither side has counts for nothing.
    static func parts(of counts: [Int], against reference: [Int]) -> [Double] {
        let live = zip(counts, reference).count { $0 > 0 || $1 > 0 }
        let added = prior * Double(live)
        let total = Double(counts.reduce(0, +)) + added, referenceTotal = Double(reference.reduce(0, +)) + added
        return zip(counts, reference).map { count, referenceCount in
            guard count > 0 || referenceCount > 0 else { return 0 }
            let share = (Double(count) + prior) / total, expected = (Double(referenceCount) + prior) / referenceTotal
            return (share - expected) * log(share / expected)
        }
    }
}
