/// Small patterns and texts over few characters, so that they often match. Deterministic.
struct RandomPatterns: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    private mutating func one(of choices: [String]) -> String {
        choices[Int.random(in: 0..<choices.count, using: &self)]
    }

    mutating func pattern(depth: Int = 3) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 12 : 6), using: &self) {
        case 0...3: return one(of: ["a", "b", "B", "1", " ", "_", "é", "😀", "ab", "a b", "\\.", "\\u{e9}", "abba1"])
        case 4:
            return one(of: [
                ".", "\\d", "\\w", "\\s", "\\D", "\\W", "\\S", "[ab]", "[^a]", "[a-z1]", "[^é]", "[é-😀]", "[\\d_]",
                "[^\\w ]",
            ])
        case 5: return one(of: ["^", "$", "\\b", "\\B", "()"])
        case 6...8:
            return (0...Int.random(in: 1...3, using: &self)).map { _ in pattern(depth: depth - 1) }.joined()
        case 9: return "(\(pattern(depth: depth - 1))|\(pattern(depth: depth - 1)))"
        default:
            let counts = one(of: ["*", "+", "?", "{2}", "{1,}", "{2,3}", "{0,2}", "{3,}"])
            return "(?:\(pattern(depth: depth - 1)))\(counts)"
        }
    }

    mutating func text() -> String {
        (0..<Int.random(in: 0...10, using: &self)).map { _ in
            one(of: ["a", "b", "A", "B", "1", " ", "_", "é", "😀", ".", "\u{301}", "É"])
        }.joined()
    }
}
