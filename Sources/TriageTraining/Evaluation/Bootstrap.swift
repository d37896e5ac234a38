package import CommandSupport
import Parallelism

/// Intervals by the percentile bootstrap (Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13):
/// rows are drawn with replacement as often as there are rows, and the figures taken again. The same seed and rows give the same
/// intervals with any number of threads.
package struct Bootstrap: Sendable {
    /// The run was interrupted.
    package struct Interrupted: Error {
        package init() {}
    }

    package var resamples = 1000
    package var seed: UInt64
    /// Threads that work at once, at most.
    package var threads = Int.max
    /// Asked now and then whether to stop.
    package var interruption: Interruption?

    private static let blocks = 50

    package init(seed: UInt64, resamples: Int = 1000, threads: Int = .max, interruption: Interruption? = nil) {
        self.seed = seed
        self.resamples = resamples
        self.threads = threads
        self.interruption = interruption
    }

    /// The key figures of each set of rows, and by how much those of the first exceed those of the second where there are
    /// two, which must be of the same texts: a resample draws the same texts for both.
    /// `progress` is told what share is done.
    /// - Throws: `Interrupted`.
    package func keyFigures(
        of sets: [EvaluationRows],
        progress: (Double) -> Void = { _ in }
    ) throws(Interrupted) -> (figures: [[KeyFigure: Figure]], differences: [KeyFigure: Figure]) {
        let count = sets.first?.count ?? 0
        let computations = sets.map { KeyFigures($0) }
        let once = [UInt32](repeating: 1, count: count)
        let points = computations.map { $0.values(once) }
        // One row drawn again and again says nothing of what other rows would be like.
        let drawn = count > 1 ? try draws(computations, count: count, progress: progress) : []
        let figures = sets.indices.map { set in
            Dictionary(
                uniqueKeysWithValues: KeyFigure.allCases.enumerated().map { index, key in
                    (key, Self.figure(key, points[set][index], drawn.map { $0[set][index] }))
                }
            )
        }
        guard sets.count == 2 else { return (figures, [:]) }
        let differences = KeyFigure.allCases.enumerated().map { index, key in
            let samples = drawn.map { Self.difference($0[0][index], $0[1][index]) }
            return (key, Self.figure(key, Self.difference(points[0][index], points[1][index]), samples))
        }
        return (figures, Dictionary(uniqueKeysWithValues: differences))
    }

    /// The key figures of every resample and set.
    private func draws(
        _ computations: [KeyFigures],
        count: Int,
        progress: (Double) -> Void
    ) throws(Interrupted) -> [[[Double?]]] {
        var drawn: [[[Double?]]] = []
        drawn.reserveCapacity(resamples)
        let step = max(1, (resamples + Self.blocks - 1) / Self.blocks)
        while drawn.count < resamples {
            if interruption?.isRequested == true { throw Interrupted() }
            progress(Double(drawn.count) / Double(resamples))
            let start = drawn.count
            drawn += ThreadPool.shared.map(count: min(step, resamples - start), threads: threads) { offset in
                var generator = SplitMix64(seed: seed, stream: UInt64(start + offset))
                var weights = [UInt32](repeating: 0, count: count)
                for _ in 0..<count { weights[generator.index(below: count)] += 1 }
                return computations.map { $0.values(weights) }
            }
        }
        return drawn
    }

    private static func difference(_ first: Double?, _ second: Double?) -> Double? {
        guard let first, let second else { return nil }
        return first - second
    }

    private static func figure(_ key: KeyFigure, _ value: Double?, _ samples: [Double?]) -> Figure {
        guard let value else { return Figure(undefined: key.why) }
        var figure = Figure(value)
        figure.interval = interval(samples)
        return figure
    }

    /// From the 2.5th to the 97.5th percentile of what is defined; nil where that is less than half.
    static func interval(_ samples: [Double?]) -> ClosedRange<Double>? {
        let defined = samples.compactMap(\.self).sorted()
        guard !defined.isEmpty, 2 * defined.count >= samples.count else { return nil }
        return percentile(0.025, of: defined)...percentile(0.975, of: defined)
    }

    /// Between the two nearest of the sorted values, linearly.
    static func percentile(_ share: Double, of sorted: [Double]) -> Double {
        let position = share * Double(sorted.count - 1)
        let lower = Int(position), upper = min(lower + 1, sorted.count - 1)
        // Written so that equal neighbours give themselves, which keeps the ends of an interval in order.
        return sorted[lower] + (sorted[upper] - sorted[lower]) * (position - Double(lower))
    }
}
