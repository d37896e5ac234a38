/// Finds all of many texts that a text equals or begins with by one binary search. Immutable.
struct TextIndex: Sendable {
    /// What one text means. `Int32` holds indices of conditions and entries: files are limited to far fewer.
    private struct Entry: Sendable {
        /// Where its bytes are in `arena`.
        let start: Int32, count: Int32
        /// The longest other entry that it begins with, or -1.
        var parent: Int32 = -1
        /// The conditions that it fulfils, as ranges of `conditions`.
        var exact: Range<Int32> = 0..<0, prefix: Range<Int32> = 0..<0
    }

    private var arena: [UInt8] = []
    /// In the order of their bytes.
    private var entries: [Entry] = []
    private var conditions: [Int32] = []

    /// Bytes of memory for each text beside its own, at most.
    static let sizeOfText = MemoryLayout<Entry>.stride + MemoryLayout<Int32>.stride

    /// - Parameter texts: normalised texts, not empty, with the condition that names each.
    init(_ texts: [(bytes: [UInt8], isPrefix: Bool, condition: Int)]) {
        let order = texts.indices.sorted { texts[$0].bytes.lexicographicallyPrecedes(texts[$1].bytes) }
        var first = 0
        while first < order.count {
            let bytes = texts[order[first]].bytes
            var end = first
            while end < order.count, texts[order[end]].bytes == bytes { end += 1 }
            var entry = Entry(start: Int32(arena.count), count: Int32(bytes.count))
            arena += bytes
            entry.exact = append(order[first..<end].filter { !texts[$0].isPrefix }.map { texts[$0].condition })
            entry.prefix = append(order[first..<end].filter { texts[$0].isPrefix }.map { texts[$0].condition })
            // All entries that this one begins with are its predecessor or above it.
            var parent = Int32(entries.count - 1)
            while parent >= 0, !isPrefix(entries[Int(parent)], of: bytes.span) { parent = entries[Int(parent)].parent }
            entry.parent = parent
            entries.append(entry)
            first = end
        }
    }

    private mutating func append(_ indices: [Int]) -> Range<Int32> {
        let start = Int32(conditions.count)
        conditions += Set(indices).sorted().map { Int32($0) }
        return start..<Int32(conditions.count)
    }

    /// Calls `body` with each condition that the text fulfils, perhaps more than once.
    @inline(__always)
    func forEachCondition(of text: Span<UInt8>, _ body: (Int) -> Void) {
        var low = 0, high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if isAtMost(entries[middle], text) { low = middle + 1 } else { high = middle }
        }
        var current = low - 1
        while current >= 0 {
            let entry = entries[current]
            if isPrefix(entry, of: text) {
                if Int(entry.count) == text.count { for index in entry.exact { body(Int(conditions[Int(index)])) } }
                for index in entry.prefix { body(Int(conditions[Int(index)])) }
            }
            current = Int(entry.parent)
        }
    }

    private func isAtMost(_ entry: Entry, _ text: Span<UInt8>) -> Bool {
        let arena = arena.span, start = Int(entry.start), count = Int(entry.count)
        for offset in 0..<min(count, text.count) where arena[start + offset] != text[offset] {
            return arena[start + offset] < text[offset]
        }
        return count <= text.count
    }

    private func isPrefix(_ entry: Entry, of text: Span<UInt8>) -> Bool {
        let arena = arena.span, start = Int(entry.start), count = Int(entry.count)
        guard count <= text.count else { return false }
        for offset in 0..<count where arena[start + offset] != text[offset] { return false }
        return true
    }
}
