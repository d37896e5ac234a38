/// Finds which of many strings occur in a text in one pass (A. Aho and M. Corasick, "Efficient string matching: an aid to
/// bibliographic search", Communications of the ACM 18(6), 1975). Immutable.
///
/// Nodes are numbered by depth, so that the children of a node follow each other, in the order of their bytes.
struct LiteralAutomaton: Sendable {
    /// The byte that leads to each node.
    private var labels: [UInt8] = [0]
    /// Of each node, and one more: where its children begin.
    private var firstChild: [Int32] = []
    /// The node of the longest other string in the tree that this node's string ends with.
    private var failure: [Int32] = [0]
    /// The nearest node at or after this one along `failure` that ends a string, or 0.
    private var ending: [Int32] = []
    /// Which string each node ends, or -1.
    private var literal: [Int32] = []
    /// The node after each byte at the beginning.
    private var first = [Int32](repeating: 0, count: 256)

    /// Bytes of memory for each byte of a string, at most.
    static let sizeOfByte = 17

    /// Strings.
    private let count: Int

    /// - Parameter literals: different strings, none empty, in the order of their bytes.
    init(_ literals: [[UInt8]]) {
        count = literals.count
        // The strings below each node of the level that is being built.
        var level = [0..<literals.count]
        var depth = 0
        while !level.isEmpty {
            var next: [Range<Int>] = []
            for range in level {
                firstChild.append(Int32(labels.count))
                var start = range.lowerBound
                // The one that ends here comes before all that go on.
                let ends = start < range.upperBound && literals[start].count == depth
                literal.append(ends ? Int32(start) : -1)
                if ends { start += 1 }
                while start < range.upperBound {
                    let byte = literals[start][depth]
                    var end = start
                    while end < range.upperBound, literals[end][depth] == byte { end += 1 }
                    labels.append(byte)
                    next.append(start..<end)
                    start = end
                }
            }
            level = next
            depth += 1
        }
        firstChild.append(Int32(labels.count))
        linkFailures()
    }

    private mutating func linkFailures() {
        failure = Array(repeating: 0, count: labels.count)
        ending = Array(repeating: 0, count: labels.count)
        for child in children(of: 0) { first[Int(labels[child])] = Int32(child) }
        for node in labels.indices {
            // Shorter strings come first: the failure of a node is complete before its own children's are looked for.
            if node > 0 { ending[node] = literal[node] >= 0 ? Int32(node) : ending[Int(failure[node])] }
            if node == 0 { continue }
            for child in children(of: node) {
                failure[child] = Int32(step(from: Int(failure[node]), labels[child]))
            }
        }
    }

    private func children(of node: Int) -> Range<Int> { Int(firstChild[node])..<Int(firstChild[node + 1]) }

    /// The node of the longest string in the tree that the text up to and with `byte` ends with.
    @inline(__always)
    private func step(from node: Int, _ byte: UInt8) -> Int {
        let labels = labels.span, firstChild = firstChild.span, failure = failure.span
        var node = node
        while node != 0 {
            var low = Int(firstChild[node]), high = Int(firstChild[node + 1])
            while low < high {
                let middle = (low + high) / 2
                if labels[middle] < byte { low = middle + 1 } else { high = middle }
            }
            if low < Int(firstChild[node + 1]), labels[low] == byte { return low }
            node = Int(failure[node])
        }
        return Int(first[Int(byte)])
    }

    /// Calls `body` with each string that occurs in the text, by its place among the strings of `init`. `isFound` is scratch.
    @inline(__always)
    func forEachLiteral(in text: Span<UInt8>, isFound: inout [Bool], _ body: (Int) -> Void) {
        guard count > 0 else { return }
        isFound.removeAll(keepingCapacity: true)
        isFound.append(contentsOf: repeatElement(false, count: count))
        var node = 0
        for index in text.indices {
            node = step(from: node, text[index])
            // What is found after one that was found before was found with it.
            var end = Int(ending[node])
            while end != 0, !isFound[Int(literal[end])] {
                isFound[Int(literal[end])] = true
                body(Int(literal[end]))
                end = Int(ending[Int(failure[end])])
            }
        }
    }
}
