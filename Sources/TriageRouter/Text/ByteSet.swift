/// A set of bytes.
struct ByteSet: Sendable, Hashable {
    private var words = SIMD4<UInt64>.zero

    init() {}

    init(_ range: ClosedRange<UInt8>) {
        for byte in range { insert(byte) }
    }

    @inline(__always) mutating func insert(_ byte: UInt8) {
        words[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
    }

    @inline(__always) func contains(_ byte: UInt8) -> Bool {
        words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 != 0
    }

    mutating func formUnion(_ other: ByteSet) { words |= other.words }

    @inline(__always) func isDisjoint(with other: ByteSet) -> Bool { words & other.words == .zero }

    var count: Int { words.indices.reduce(0) { $0 + words[$1].nonzeroBitCount } }
}
