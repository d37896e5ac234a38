/// How far confidence can be believed: the rows with a right class and an answer, in bins of confidence of equal width.
package struct Reliability: Sendable, Equatable {
    package struct Bin: Sendable, Equatable {
        /// The confidences it holds; the upper end belongs to the next bin, but for the last.
        package let range: ClosedRange<Double>
        package let rows: Int
        /// Means over its rows; nil where it has none.
        package let confidence: Double?
        package let accuracy: Double?
    }

    package let bins: [Bin]
    /// Mean over rows of the squared errors of all classes' probabilities together (Brier 1950), 0 to 2.
    package let brier: Figure

    init(_ rows: EvaluationRows) {
        let count = KeyFigures.binCount
        var sizes = [Int](repeating: 0, count: count), right = sizes
        var confidence = [Double](repeating: 0, count: count)
        var error = 0.0
        for row in 0..<rows.count where rows.expected[row] >= 0 && rows.given[row] >= 0 {
            let bin = KeyFigures.bin(of: rows.confidence[row])
            sizes[bin] += 1
            confidence[bin] += Double(rows.confidence[row])
            right[bin] += rows.isRight(row) ? 1 : 0
            error += Double(rows.squaredError[row])
        }
        bins = (0..<count).map { bin in
            let size = Double(sizes[bin])
            return Bin(
                range: Double(bin) / Double(count)...Double(bin + 1) / Double(count),
                rows: sizes[bin],
                confidence: size > 0 ? confidence[bin] / size : nil,
                accuracy: size > 0 ? Double(right[bin]) / size : nil
            )
        }
        brier = Figure(error, over: Double(sizes.reduce(0, +)), else: KeyFigure.calibrationError.why)
    }
}
