/// The tokens of a WordPiece model and their ids: one byte arena and one open-addressing hash table.
///
/// A token is found in two roles, hashed from two different starting values so that the roles never meet in the table:
/// as the beginning of a word (all its bytes) and, when it carries the continuing-subword prefix, as a continuation
/// (its bytes after the prefix). The hash is FNV-1a, whose steps can be undone: the longest match is sought by hashing
/// the longest candidate once and taking bytes off its end.
struct Vocabulary: Sendable {
    static let maximumCount = 1 << 21
    static let maximumID = 1 << 22 - 1
    /// Bytes. Bounds the work for a word, whatever the file says; tokens of real vocabularies are shorter than 100.
    static let maximumTokenLength = 1024
    /// No token lies further from where its hash points; a file for which this fails was made against the hash, as chance
    /// alone does not reach it. Bounds building and looking up alike.
    private static let maximumProbes = 256

    enum Role: Sendable {
        case word
        case continuation
    }

    private static let prime: UInt64 = 0x100_0000_01B3
    /// `prime * inversePrime == 1` modulo 2⁶⁴.
    private static let inversePrime: UInt64 = 0xCE96_5057_AFF6_957B

    /// Bytes of all tokens, one after the other.
    private var arena: [UInt8] = []
    /// By id, the extent of the token in the arena; `absent` where no token has the id.
    private var starts: [UInt32]
    private var lengths: [UInt16]
    private static let absent = UInt16.max

    /// 0 is free; else 32 bits of hash, the id in 31 bits, the role in the lowest bit, plus 1.
    private var slots: [UInt64]
    private let shift: UInt64
    private let prefixLength: Int
    /// Bytes: no candidate longer than this can be a token in that role.
    private var longestWord = 0
    private var longestContinuation = 0

    /// Tokens.
    let count: Int
    /// One more than the highest id.
    var size: Int { lengths.count }

    /// - Throws: `invalid` without location for too many or too long tokens, ids that repeat, a table too unbalanced.
    init(
        tokens: some Collection<(token: String, id: UInt32)>,
        continuingSubwordPrefix: String
    ) throws(TokenizerError) {
        count = tokens.count
        let highest = tokens.lazy.map { Int($0.id) }.max() ?? -1
        guard tokens.count <= Self.maximumCount, highest <= Self.maximumID else {
            throw Self.invalid("more than \(Self.maximumCount) tokens")
        }
        starts = Array(repeating: 0, count: highest + 1)
        lengths = Array(repeating: Self.absent, count: highest + 1)
        // Every token may occur in both roles; at most half of the slots are used.
        let bits = max(4, Int.bitWidth - (4 * tokens.count).leadingZeroBitCount)
        slots = Array(repeating: 0, count: 1 << bits)
        shift = UInt64(64 - bits)
        prefixLength = continuingSubwordPrefix.utf8.count
        arena.reserveCapacity(8 * tokens.count)

        let prefix = Array(continuingSubwordPrefix.utf8)
        for (token, id) in tokens {
            let start = arena.count
            arena.append(contentsOf: token.utf8)
            let length = arena.count - start
            guard length <= Self.maximumTokenLength else {
                throw Self.invalid("a token longer than \(Self.maximumTokenLength) bytes, id \(id)")
            }
            guard lengths[Int(id)] == Self.absent else { throw Self.invalid("id \(id) occurs twice") }
            starts[Int(id)] = UInt32(truncatingIfNeeded: start)
            lengths[Int(id)] = UInt16(truncatingIfNeeded: length)
            try insert(id, .word, start..<arena.count)
            longestWord = max(longestWord, length)
            if length > prefix.count, arena[start..<(start + prefix.count)].elementsEqual(prefix) {
                try insert(id, .continuation, (start + prefix.count)..<arena.count)
                longestContinuation = max(longestContinuation, length - prefix.count)
            }
        }
    }

    private static func invalid(_ reason: String) -> TokenizerError {
        .invalid(location: "model.vocab", reason: reason)
    }

    private mutating func insert(_ id: UInt32, _ role: Role, _ range: Range<Int>) throws(TokenizerError) {
        var hash = Self.seed(of: role)
        for byte in arena[range] { hash = Self.appending(byte, to: hash) }
        let mixed = Self.mixed(hash)
        var slot = Int(truncatingIfNeeded: mixed >> shift)
        for _ in 0..<Self.maximumProbes {
            if slots[slot] == 0 {
                slots[slot] = (mixed << 32 | UInt64(id) << 1 | (role == .word ? 0 : 1)) &+ 1
                return
            }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
        throw Self.invalid("too many tokens with similar hashes")
    }
}

// MARK: - Hashing

extension Vocabulary {
    @inline(__always)
    static func seed(of role: Role) -> UInt64 {
        role == .word ? 0xCBF2_9CE4_8422_2325 : 0x9AE1_6A3B_2F90_404F
    }

    @inline(__always)
    static func appending(_ byte: UInt8, to hash: UInt64) -> UInt64 { (hash ^ UInt64(byte)) &* prime }

    /// Undoes `appending(byte, to:)`.
    @inline(__always)
    static func removing(_ byte: UInt8, from hash: UInt64) -> UInt64 { (hash &* inversePrime) ^ UInt64(byte) }

    /// FNV leaves the last bytes in the low bits; the slot comes from the high ones.
    @inline(__always)
    private static func mixed(_ hash: UInt64) -> UInt64 { (hash ^ hash >> 29) &* 0x9E37_79B9_7F4A_7C15 }
}

// MARK: - Looking up

extension Vocabulary {
    @inline(__always)
    func longest(_ role: Role) -> Int { role == .word ? longestWord : longestContinuation }

    /// The id of the token that, in `role`, is `bytes[range]` after folding; `hash` is the hash of just these folded bytes.
    @inline(__always)
    func id(
        _ role: Role,
        hash: UInt64,
        of bytes: Span<UInt8>,
        _ range: Range<Int>,
        folding: Span<UInt8>
    ) -> UInt32? {
        let mixed = Self.mixed(hash)
        let table = slots.span
        var slot = Int(truncatingIfNeeded: mixed >> shift)
        for _ in 0..<Self.maximumProbes {
            let entry = table[slot]
            guard entry != 0 else { return nil }
            let payload = entry &- 1
            if (payload ^ mixed << 32) >> 32 == 0, payload & 1 == (role == .word ? 0 : 1) {
                let id = UInt32(truncatingIfNeeded: payload & 0xFFFF_FFFF) >> 1
                if matches(id, role, bytes, range, folding) { return id }
            }
            slot = (slot &+ 1) & (table.count &- 1)
        }
        return nil
    }

    @inline(__always)
    private func matches(
        _ id: UInt32,
        _ role: Role,
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        _ folding: Span<UInt8>
    ) -> Bool {
        let skipped = role == .word ? 0 : prefixLength
        guard Int(lengths[Int(id)]) == range.count &+ skipped else { return false }
        var position = Int(starts[Int(id)]) &+ skipped
        let arena = arena.span
        for index in range {
            if arena[position] != folding[Int(bytes[index])] { return false }
            position &+= 1
        }
        return true
    }

    func id(of token: String) -> UInt32? {
        var hash = Self.seed(of: .word)
        for byte in token.utf8 { hash = Self.appending(byte, to: hash) }
        let identity = ByteTable.identity
        return id(.word, hash: hash, of: token.utf8.span, 0..<token.utf8.count, folding: identity.span)
    }

    func token(for id: Int) -> String? {
        guard lengths.indices.contains(id), lengths[id] != Self.absent else { return nil }
        let start = Int(starts[id])
        return String(decoding: arena[start..<(start + Int(lengths[id]))], as: UTF8.self)
    }
}
