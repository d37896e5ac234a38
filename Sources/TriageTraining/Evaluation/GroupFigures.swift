/// The accuracy of a part of the rows.
package struct GroupFigures: Sendable, Equatable {
    package let name: String
    package let rows: Int
    /// Of the rows among them that have a right class.
    package let accuracy: Figure

    private static let lengths = [("1-4", 1...4), ("5-8", 5...8), ("9-16", 9...16), ("17-32", 17...32)]

    /// By length in words.
    static func byLength(_ rows: EvaluationRows) -> [GroupFigures] {
        let groups = rows.wordCounts.map { count in lengths.firstIndex { $0.1.contains(Int(count)) } ?? lengths.count }
        return figures(rows, groups: groups, names: lengths.map(\.0) + ["33+"])
    }

    /// By source, in the order of their names; rows without one are left out.
    static func bySource(_ rows: EvaluationRows, sources: [String?]) -> [GroupFigures] {
        let names = Set(sources.lazy.compactMap(\.self)).sorted()
        let indices = Dictionary(uniqueKeysWithValues: zip(names, 0...))
        return figures(rows, groups: sources.map { $0.flatMap { indices[$0] } ?? -1 }, names: names)
    }

    /// `groups`: for each row an index of `names`, or -1.
    private static func figures(_ rows: EvaluationRows, groups: [Int], names: [String]) -> [GroupFigures] {
        var sizes = [Int](repeating: 0, count: names.count), inScope = sizes, right = sizes
        for (row, group) in groups.enumerated() where group >= 0 {
            sizes[group] += 1
            inScope[group] += rows.expected[row] >= 0 ? 1 : 0
            right[group] += rows.isRight(row) ? 1 : 0
        }
        return names.indices.map {
            GroupFigures(
                name: names[$0],
                rows: sizes[$0],
                accuracy: Figure(Double(right[$0]), over: Double(inScope[$0]), else: KeyFigure.accuracy.why)
            )
        }
    }
}
