internal import StrictJSON

/// Hugging Face's BertPreTokenizer and WordPiece model in one walk: splits at white space and around punctuation,
/// then covers each word with the longest pieces from the left.
struct WordPiece: Sendable {
    let vocabulary: Vocabulary
    let unknownID: UInt32
    /// Code points; a longer word is unknown as a whole.
    private let maximumWordLength: Int

    init(_ file: TokenizerFileNode) throws(TokenizerError) {
        // Files of early versions name no type; the fields below belong to no other model.
        guard try file.optional("type")?.string() ?? "WordPiece" == "WordPiece" else {
            throw try file.unsupported(supported: "WordPiece")
        }
        let prefix = try file.required("continuing_subword_prefix").string()
        maximumWordLength = try file.required("max_input_chars_per_word").integer(in: 0...Int(Int32.max))
        let unknown = try file.required("unk_token")
        let unknownToken = try unknown.string()
        let entries = try file.required("vocab")
        let members = try entries.object().members
        guard members.count <= Vocabulary.maximumCount else {
            throw entries.invalid("more than \(Vocabulary.maximumCount) tokens")
        }
        var tokens: [(token: String, id: UInt32)] = []
        tokens.reserveCapacity(members.count)
        for member in members {
            guard case .integer(let id) = member.value, id >= 0, id <= Vocabulary.maximumID else {
                throw entries.invalid(
                    "the id of \(TokenizerError.quoted(member.key)) is not an integer from 0 to \(Vocabulary.maximumID)"
                )
            }
            tokens.append((member.key, UInt32(truncatingIfNeeded: id)))
        }
        vocabulary = try Vocabulary(tokens: tokens, continuingSubwordPrefix: prefix)
        guard let unknownID = vocabulary.id(of: unknownToken) else {
            throw unknown.invalid("\(TokenizerError.quoted(unknownToken)) is not in the vocabulary")
        }
        self.unknownID = unknownID
    }

    /// Appends the ids of `bytes[range]`, whole code points of UTF-8 that become normalised by folding each byte.
    /// Stops early once there are more than `limit` ids.
    func append(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        folding: Span<UInt8>,
        to ids: inout [UInt32],
        limit: Int
    ) {
        let kindTable = ByteTable.kinds
        let kinds = kindTable.span
        var position = range.lowerBound
        var wordStart = position
        var hash = Vocabulary.seed(of: .word)
        while position < range.upperBound {
            let byte = bytes[position]
            var kind = kinds[Int(byte)]
            if kind == ByteTable.Kind.word {
                hash = Vocabulary.appending(folding[Int(byte)], to: hash)
                position &+= 1
                continue
            }
            var length = 1
            if kind == ByteTable.Kind.multiByte {
                (kind, length) = Self.kind(in: bytes, at: position)
                if kind == ByteTable.Kind.word {
                    for index in position..<(position + length) { hash = Vocabulary.appending(bytes[index], to: hash) }
                    position += length
                    continue
                }
            }
            if wordStart < position {
                appendWord(bytes, wordStart..<position, hash, folding, &ids)
                hash = Vocabulary.seed(of: .word)
                if ids.count > limit { return }
            }
            if kind == ByteTable.Kind.punctuation {
                let word = position..<(position &+ length)
                var hash = Vocabulary.seed(of: .word)
                for index in word { hash = Vocabulary.appending(folding[Int(bytes[index])], to: hash) }
                appendWord(bytes, word, hash, folding, &ids)
                if ids.count > limit { return }
            }
            position &+= length
            wordStart = position
        }
        if wordStart < position { appendWord(bytes, wordStart..<position, hash, folding, &ids) }
    }

    @inline(never)
    private static func kind(in bytes: Span<UInt8>, at position: Int) -> (kind: UInt8, length: Int) {
        let (scalar, length) = UTF8Bytes.scalar(in: bytes, at: position)
        let record = UnicodeProperties.shared[scalar]
        if record.contains(.whiteSpace) { return (ByteTable.Kind.whiteSpace, length) }
        return (record.contains(.punctuation) ? ByteTable.Kind.punctuation : ByteTable.Kind.word, length)
    }

    /// Appends the pieces of one word; `hash` is the hash of its folded bytes as the beginning of a word.
    private func appendWord(
        _ bytes: Span<UInt8>,
        _ word: Range<Int>,
        _ hash: UInt64,
        _ folding: Span<UInt8>,
        _ ids: inout [UInt32]
    ) {
        // A word has no more code points than bytes: counting them is rarely needed.
        if word.count > maximumWordLength, Self.scalarCount(bytes, word) > maximumWordLength {
            ids.append(unknownID)
            return
        }
        if word.count <= vocabulary.longest(.word),
            let id = vocabulary.id(.word, hash: hash, of: bytes, word, folding: folding)
        {
            ids.append(id)
            return
        }
        let countBefore = ids.count
        var start = word.lowerBound
        var role = Vocabulary.Role.word
        while start < word.upperBound {
            guard let (id, end) = longestPiece(role, bytes, start..<word.upperBound, folding) else {
                ids.removeLast(ids.count - countBefore)
                ids.append(unknownID)
                return
            }
            ids.append(id)
            start = end
            role = .continuation
        }
    }

    /// The longest token in `role` with which `bytes[range]` begins, and where it ends.
    private func longestPiece(
        _ role: Vocabulary.Role,
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        _ folding: Span<UInt8>
    ) -> (id: UInt32, end: Int)? {
        let start = range.lowerBound
        var end = min(range.upperBound, start &+ vocabulary.longest(role))
        while end > start, end < range.upperBound, UTF8Bytes.isContinuation(bytes[end]) { end &-= 1 }
        var hash = Vocabulary.seed(of: role)
        for index in start..<end { hash = Vocabulary.appending(folding[Int(bytes[index])], to: hash) }
        while end > start {
            if let id = vocabulary.id(role, hash: hash, of: bytes, start..<end, folding: folding) { return (id, end) }
            repeat {
                end &-= 1
                hash = Vocabulary.removing(folding[Int(bytes[end])], from: hash)
            } while end > start && UTF8Bytes.isContinuation(bytes[end])
        }
        return nil
    }

    private static func scalarCount(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        var count = 0
        for index in range where !UTF8Bytes.isContinuation(bytes[index]) { count += 1 }
        return count
    }
}
