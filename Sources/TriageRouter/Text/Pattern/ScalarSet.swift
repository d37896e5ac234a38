/// A set of Unicode scalars: ranges in ascending order that neither overlap nor touch.
struct ScalarSet: Equatable {
    private(set) var ranges: [ClosedRange<UInt32>] = []

    /// Every scalar; the gap is the surrogates.
    static let all = ScalarSet(sorted: [0...0xD7FF, 0xE000...0x10FFFF])
    /// All but line feed, which no normalised text holds.
    static let anyCharacter = ScalarSet([0x0A...0x0A]).inverted
    static let digits = ScalarSet([0x30...0x39])
    static let wordCharacters = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let whiteSpace = ScalarSet([0x09...0x0D, 0x20...0x20])

    private static let capitals: ClosedRange<UInt32> = 0x41...0x5A

    private init(sorted: [ClosedRange<UInt32>]) {
        ranges = sorted
    }

    /// The scalars of any ranges; surrogates between are left out.
    init(_ ranges: [ClosedRange<UInt32>]) {
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            for piece in Self.all.ranges where piece.overlaps(range) { append(range.clamped(to: piece)) }
        }
    }

    private mutating func append(_ range: ClosedRange<UInt32>) {
        // A range never grows over the surrogates, so that each can be written as sequences of bytes.
        if let last = ranges.last, range.lowerBound <= last.upperBound + 1 {
            ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
        } else {
            ranges.append(range)
        }
    }

    var isEmpty: Bool { ranges.isEmpty }

    /// All scalars of normalised texts that are not in the set: none of A to Z.
    var inverted: ScalarSet {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ScalarSet(ranges + [Self.capitals]).ranges {
            if next < range.lowerBound { result.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return ScalarSet(result)
    }

    /// With a to z in place of A to Z, as in normalised texts.
    var lowercased: ScalarSet {
        ScalarSet(
            ranges.flatMap { range in
                guard range.overlaps(Self.capitals) else { return [range] }
                let letters = range.clamped(to: Self.capitals)
                var result = [(letters.lowerBound + 0x20)...(letters.upperBound + 0x20)]
                if range.lowerBound < Self.capitals.lowerBound { result.append(range.lowerBound...0x40) }
                if range.upperBound > Self.capitals.upperBound { result.append(0x5B...range.upperBound) }
                return result
            }
        )
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar.value) } }

    /// All as strings of UTF-8, or nil where they are more than `limit`.
    func encoded(limit: Int) -> [[UInt8]]? {
        guard ranges.reduce(0, { $0 + $1.count }) <= limit else { return nil }
        return ranges.joined().compactMap { Unicode.Scalar($0).map { Array(String($0).utf8) } }
    }
}
