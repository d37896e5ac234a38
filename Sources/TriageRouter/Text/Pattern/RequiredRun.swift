/// Bytes of one set that must follow each other in a text for a pattern to match, such as 13 digits.
struct RequiredRun: Equatable {
    var bytes: ByteSet
    var count: Int

    /// The run that tells most; nil for a pattern that can match without reading a byte.
    static func of(_ node: PatternNode) -> RequiredRun? {
        RunAnalysis(node).best
    }

    /// How unlikely it is among texts of evenly distributed bytes, in whole bits a byte.
    fileprivate var worth: Int { count * UInt8(bytes.count - 1).leadingZeroBitCount }
}

/// Every match of a node is a run of the bytes that can occur in it, as long as its shortest match.
private struct RunAnalysis {
    private static let maximumCount = 1 << 20

    let occurring: ByteSet
    let minimumCount: Int
    /// Of the node and all that is in it in any case.
    let best: RequiredRun?

    init(_ node: PatternNode) {
        switch node {
        case .empty, .assertion: self.init(occurring: ByteSet(), minimumCount: 0, inside: [])
        case .set(let set):
            var bytes = ByteSet()
            var count = 4
            for sequence in set.ranges.flatMap({ UTF8Sequences.of($0) }) {
                for range in sequence { bytes.formUnion(ByteSet(range)) }
                count = min(count, sequence.count)
            }
            self.init(occurring: bytes, minimumCount: count, inside: [])
        case .concatenation(let items):
            let items = items.map { RunAnalysis($0) }
            self.init(
                occurring: Self.union(items),
                minimumCount: items.reduce(0) { $0 + $1.minimumCount },
                inside: items.map(\.best)
            )
        case .alternation(let branches):
            let branches = branches.map { RunAnalysis($0) }
            self.init(
                occurring: Self.union(branches),
                minimumCount: branches.map(\.minimumCount).min() ?? 0,
                inside: []
            )
        case .repetition(let body, let minimum, _):
            let body = RunAnalysis(body)
            self.init(
                occurring: body.occurring,
                minimumCount: body.minimumCount * minimum,
                inside: minimum > 0 ? [body.best] : []
            )
        }
    }

    private init(occurring: ByteSet, minimumCount: Int, inside: [RequiredRun?]) {
        self.occurring = occurring
        self.minimumCount = min(minimumCount, Self.maximumCount)
        let whole = minimumCount > 0 ? RequiredRun(bytes: occurring, count: self.minimumCount) : nil
        best = ([whole] + inside).compactMap(\.self).max { $0.worth < $1.worth }
    }

    private static func union(_ nodes: [RunAnalysis]) -> ByteSet {
        nodes.reduce(into: ByteSet()) { $0.formUnion($1.occurring) }
    }
}
