/// Numbers that look random, the same in every run.
enum Noise {
    private static let pool: [Float] = {
        var generator = Generator(seed: 1)
        return (0..<1 << 15).map { _ in generator.normal() }
    }()

    /// Values of about unit spread; each `seed` starts elsewhere in one long sequence.
    static func floats(_ count: Int, seed: Int) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(count)
        var start = seed &* 7919 % 16_384
        while values.count < count {
            let length = min(count - values.count, pool.count - start)
            values += pool[start..<start + length]
            start = 3
        }
        return values
    }

    struct Generator: RandomNumberGenerator {
        private var state: UInt64

        init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9
        }

        /// The sum of four uniform numbers, of variance 1: near enough to normal.
        mutating func normal() -> Float {
            (0..<4).reduce(0) { sum, _ in sum + Float.random(in: -0.866...0.866, using: &self) }
        }
    }
}
