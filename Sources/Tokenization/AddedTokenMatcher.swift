/// Finds added tokens in UTF-8: at the leftmost place where one matches, the longest one.
///
/// A trie over bytes. The work is at most the length of the text times that of the longest token (1024 bytes).
struct AddedTokenMatcher: Sendable {
    /// A part of the text: words to tokenise, or an added token.
    enum Part {
        case text(Range<Int>)
        case token(UInt32)
    }

    private let tokens: [AddedToken]
    /// `node << 8 | byte` to the next node; the root is 0.
    private var transitions: [UInt32: UInt32] = [:]
    /// By node, the index of the token that ends there.
    private var ends: [Int?] = [nil]
    private(set) var startsToken = [Bool](repeating: false, count: 256)

    /// `patterns` are the bytes to seek, one for each of `tokens`; none is empty.
    /// - Throws: for two tokens with one pattern. (Hugging Face tokenizers then finds now the one, now the other.)
    init(_ tokens: [AddedToken], patterns: [[UInt8]]) throws(TokenizerError) {
        self.tokens = tokens
        for (index, pattern) in patterns.enumerated() {
            var node: UInt32 = 0
            for byte in pattern {
                let key = node << 8 | UInt32(byte)
                if let next = transitions[key] {
                    node = next
                } else {
                    // Nodes share 32 bits with a byte in the keys.
                    guard ends.count < 1 << 24 else {
                        throw .invalid(location: "added_tokens", reason: "more than \(1 << 24) bytes")
                    }
                    node = UInt32(truncatingIfNeeded: ends.count)
                    ends.append(nil)
                    transitions[key] = node
                }
            }
            if let other = ends[Int(node)] {
                let (first, second) = (tokens[other].content, tokens[index].content)
                throw .invalid(
                    location: "added_tokens",
                    reason: "\(TokenizerError.quoted(first)) and \(TokenizerError.quoted(second)) normalise alike"
                )
            }
            ends[Int(node)] = index
            if let first = pattern.first { startsToken[Int(first)] = true }
        }
    }

    var isEmpty: Bool { tokens.isEmpty }

    /// Calls `visit` for the parts of `bytes`, in order, until it returns false.
    func split(_ bytes: Span<UInt8>, _ visit: (Part) -> Bool) {
        var textStart = 0
        var position = 0
        // The last run of white space swallowed on the right: tokens within it must not look through it again and again.
        var swallowed = 0..<0
        while position < bytes.count {
            guard startsToken[Int(bytes[position])], let match = longestMatch(bytes, position) else {
                position += 1
                continue
            }
            let range = position..<match.end
            position = range.upperBound
            if match.token.isSingleWord, touchesWord(bytes, range) { continue }
            let start = match.token.stripsLeft ? spacesStart(bytes, textStart, range.lowerBound) : range.lowerBound
            if match.token.stripsRight, !swallowed.contains(range.upperBound) {
                swallowed = range.upperBound..<spacesEnd(bytes, range.upperBound)
            }
            let end = match.token.stripsRight ? max(range.upperBound, swallowed.upperBound) : range.upperBound
            if textStart < start, !visit(.text(textStart..<start)) { return }
            // Of a match within white space that the last one swallowed nothing may be left. If something is, it counts,
            // and text goes on from its end: that is how the original does it.
            if start < end, !visit(.token(match.token.id)) { return }
            textStart = end
        }
        if textStart < bytes.count { _ = visit(.text(textStart..<bytes.count)) }
    }

    private func longestMatch(_ bytes: Span<UInt8>, _ start: Int) -> (token: AddedToken, end: Int)? {
        var node: UInt32 = 0
        var position = start
        var best: (index: Int, end: Int)?
        while position < bytes.count, let next = transitions[node << 8 | UInt32(bytes[position])] {
            node = next
            position += 1
            if let index = ends[Int(node)] { best = (index, position) }
        }
        return best.map { (tokens[$0.index], $0.end) }
    }

    private func touchesWord(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let properties = UnicodeProperties.shared
        if range.lowerBound > 0,
            properties[UTF8Bytes.scalar(in: bytes, before: range.lowerBound).value].contains(.word)
        {
            return true
        }
        return range.upperBound < bytes.count
            && properties[UTF8Bytes.scalar(in: bytes, at: range.upperBound).value].contains(.word)
    }

    /// Where the white space that ends at `end` begins, not before `lowest`; `lowest` where that lies beyond.
    private func spacesStart(_ bytes: Span<UInt8>, _ lowest: Int, _ end: Int) -> Int {
        var start = end
        while start > lowest {
            let (scalar, length) = UTF8Bytes.scalar(in: bytes, before: start)
            guard UnicodeProperties.shared[scalar].contains(.whiteSpace) else { break }
            start -= length
        }
        return max(start, lowest)
    }

    /// Where the white space that begins at `start` ends.
    private func spacesEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var end = start
        while end < bytes.count {
            let (scalar, length) = UTF8Bytes.scalar(in: bytes, at: end)
            guard UnicodeProperties.shared[scalar].contains(.whiteSpace) else { break }
            end += length
        }
        return end
    }
}
