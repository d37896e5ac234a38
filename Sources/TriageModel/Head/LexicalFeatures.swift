/// The words of a text as places in a table: each token, and each pair of neighbours, hashed into one of `2^bits` buckets
/// (Weinberger et al., arXiv:0902.2206). What a text says literally, beside what its vector says of its meaning.
package struct LexicalFeatures: Sendable, Equatable {
    /// Binary logarithm of the number of buckets.
    package let bits: Int

    package static let bitRange = 4...20

    package init(bits: Int) {
        precondition(Self.bitRange.contains(bits))
        self.bits = bits
    }

    package var bucketCount: Int { 1 << bits }

    /// Calls `body` with the bucket of every token and of every pair of neighbours, repeated as often as they are. The
    /// special tokens at both ends count, so that a pair tells the first word and the last.
    @inline(__always)
    package func forEach(in ids: [UInt32], _ body: (Int) -> Void) {
        var previous: UInt32?
        for id in ids {
            // Multiplicative hashing (Knuth, The Art of Computer Programming, vol. 3, 6.4): the high bits are the mixed ones.
            let one = id &* 2_654_435_761
            body(Int(one >> UInt32(32 - bits)))
            if let previous {
                let two = ((previous &* 2_654_435_761) ^ (id &* 2_654_411_777 &+ 12_345)) &* 2_246_822_519
                body(Int(two >> UInt32(32 - bits)))
            }
            previous = id
        }
    }
}
