/// How ids are left out when they exceed a maximum length.
struct Truncation: Sendable {
    enum Strategy: String {
        case longestFirst = "LongestFirst"
        case onlyFirst = "OnlyFirst"
        case onlySecond = "OnlySecond"
    }

    enum Direction: String {
        /// Ids are left out at the end.
        case right = "Right"
        /// Ids are left out at the beginning.
        case left = "Left"
    }

    /// Ids, special tokens included; nil: no limit of its own.
    private(set) var maximumLength: Int?
    private(set) var strategy = Strategy.longestFirst
    private(set) var direction = Direction.right

    /// `file` is null or the section `truncation`. Its `stride` says how windows beyond the first overlap: nothing here.
    init(_ file: TokenizerFileNode?) throws(TokenizerError) {
        guard let file else { return }
        maximumLength = try file.required("max_length").integer(in: 0...Int(Int32.max))
        let strategyNode = try file.required("strategy")
        guard let strategy = Strategy(rawValue: try strategyNode.string()) else {
            throw strategyNode.invalid("not LongestFirst, OnlyFirst or OnlySecond")
        }
        self.strategy = strategy
        guard let directionNode = try file.optional("direction") else { return }
        guard let direction = Direction(rawValue: try directionNode.string()) else {
            throw directionNode.invalid("not Right or Left")
        }
        self.direction = direction
    }

    /// How many ids of two texts stay when at most `budget` may in all.
    ///
    /// Hugging Face tokenizers fails when the one text that a strategy names is too short to make room;
    /// here the other one gives way then.
    func kept(ofFirst first: Int, second: Int, budget: Int) -> (first: Int, second: Int) {
        guard first + second > budget else { return (first, second) }
        switch strategy {
        case .onlyFirst:
            let keptSecond = min(second, budget)
            return (budget - keptSecond, keptSecond)
        case .onlySecond:
            let keptFirst = min(first, budget)
            return (keptFirst, budget - keptFirst)
        case .longestFirst:
            let shorter = min(first, second)
            // The longer one gives way down to the length of the shorter one, then both do.
            let (keptShorter, keptLonger) =
                2 * shorter <= budget ? (shorter, budget - shorter) : (budget / 2, budget - budget / 2)
            return first > second ? (keptLonger, keptShorter) : (keptShorter, keptLonger)
        }
    }
}
