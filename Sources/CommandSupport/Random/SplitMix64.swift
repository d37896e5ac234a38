/// Sebastiano Vigna's SplitMix64 (the mixer of Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
/// 2014): the same numbers from the same seed on every machine.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// The generator of number `stream` of those that belong to a seed.
    package init(seed: UInt64, stream: UInt64) {
        var seeds = SplitMix64(seed: seed ^ (stream &+ 1) &* 0xD1B5_4A32_D192_ED03)
        self.init(seed: seeds.next())
    }

    package mutating func next() -> UInt64 {
        state &+= Self.step
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A whole number below `bound`; of fewer than 2^32 each is as likely as another within 2^-32 of its probability.
    package mutating func index(below bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }
}
