import CPUBackend
import CommandSupport

/// The training texts that a model carries to compare with.
struct ExampleChoice {
    /// So many vectors of 384 values in 8 bits take 1.5 MB, and a comparison with all of them a few microseconds.
    static let limit = 4096

    /// Texts by number, ascending.
    let indices: [Int]

    /// As many of every label as fit, taken by turns, at random.
    init(labels: [Int], labelCount: Int, limit: Int = Self.limit, using generator: inout SplitMix64) {
        var members = [[Int]](repeating: [], count: labelCount)
        for (index, label) in labels.enumerated() { members[label].append(index) }
        for label in members.indices { members[label].shuffle(using: &generator) }
        var chosen: [Int] = []
        var turn = 0
        while chosen.count < min(limit, labels.count) {
            for label in members.indices where turn < members[label].count && chosen.count < limit {
                chosen.append(members[label][turn])
            }
            turn += 1
        }
        indices = chosen.sorted()
    }

    /// The cosine of each text of `features` with the closest example; examples that `excludes` names for a text do not
    /// count, and where none is left it is 0.
    func similarities(
        of features: TextFeatures,
        among data: FittingData,
        openBLAS: OpenBLAS,
        excludes: (_ text: Int, _ example: Int) -> Bool = { _, _ in false }
    ) -> [Float] {
        let examples = data.features.subset(indices).vectors
        var similarities: [Float] = []
        let rowsAtOnce = 2048
        for first in stride(from: 0, to: features.count, by: rowsAtOnce) {
            let last = min(features.count, first + rowsAtOnce)
            let rows = Array(features.vectors[first * features.size..<last * features.size])
            let all = products(rows, rows: last - first, with: examples, openBLAS: openBLAS)
            for text in first..<last {
                let start = (text - first) * indices.count
                var greatest: Float = -1
                var isAny = false
                for place in indices.indices where all[start + place] > greatest && !excludes(text, indices[place]) {
                    greatest = all[start + place]
                    isAny = true
                }
                similarities.append(isAny ? greatest : 0)
            }
        }
        return similarities
    }
}
