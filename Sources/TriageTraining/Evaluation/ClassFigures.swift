/// How well one class, a label or a route, is told from the others, as if the model had to choose one on each row.
package struct ClassFigures: Sendable, Equatable {
    package let name: String
    /// Rows whose right class this is.
    package let support: Int
    /// Share of the rows given this class whose right class it is.
    package let precision: Figure
    /// Share of the rows whose right class this is that were given it.
    package let recall: Figure
    /// Harmonic mean of both; undefined only where the class is neither asked for nor given.
    package let f1: Figure
}

/// How often each class was given for each right class, on the rows that have one.
package struct ConfusionMatrix: Sendable, Equatable {
    package let classes: [String]
    /// A row a right class; a column a given class, and one more for no answer.
    package let counts: [[Int]]

    /// `expected` and `given` are indices of `classes`, -1 for none.
    init(_ classes: [String], expected: [Int32], given: [Int32]) {
        self.classes = classes
        var counts = [[Int]](repeating: [Int](repeating: 0, count: classes.count + 1), count: classes.count)
        for (expected, given) in zip(expected, given) where expected >= 0 {
            counts[Int(expected)][given < 0 ? classes.count : Int(given)] += 1
        }
        self.counts = counts
    }

    var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

    /// Share of the rows that were given their right class.
    var accuracy: Figure {
        let right = counts.indices.reduce(0) { $0 + counts[$1][$1] }
        return Figure(Double(right), over: Double(total), else: KeyFigure.accuracy.why)
    }

    /// Mean of the defined F1 figures.
    static func macroF1(_ figures: [ClassFigures]) -> Figure {
        let scores = figures.compactMap(\.f1.value)
        return Figure(scores.reduce(0, +), over: Double(scores.count), else: KeyFigure.macroF1.why)
    }

    /// The figures of each class in order.
    var figures: [ClassFigures] {
        classes.indices.map { index in
            let right = Double(counts[index][index])
            let support = counts[index].reduce(0, +)
            let given = counts.reduce(0) { $0 + $1[index] }
            return ClassFigures(
                name: classes[index],
                support: support,
                precision: Figure(right, over: Double(given), else: "no row was given it"),
                recall: Figure(right, over: Double(support), else: "it is right for no row"),
                f1: Figure(
                    2 * right,
                    over: Double(support + given),
                    else: "it is neither right for a row nor given to one"
                )
            )
        }
    }

    /// One class taken for another.
    package struct Confusion: Sendable, Equatable {
        package let expected: String
        /// Nil for no answer.
        package let given: String?
        package let count: Int
    }

    /// What is taken for what, most often first.
    package var confusions: [Confusion] {
        var found: [(expected: Int, given: Int, count: Int)] = []
        for (expected, row) in counts.enumerated() {
            for (given, count) in row.enumerated() where count > 0 && given != expected {
                found.append((expected, given, count))
            }
        }
        return found.sorted { ($1.count, $0.expected, $0.given) < ($0.count, $1.expected, $1.given) }.map {
            Confusion(
                expected: classes[$0.expected],
                given: $0.given < classes.count ? classes[$0.given] : nil,
                count: $0.count
            )
        }
    }
}
