/// The combining marks since the last starter, which Unicode's canonical ordering sorts by class, stably.
struct MarkBuffer {
    /// Class, place and code point in one number, so that plain sorting is stable.
    private var marks: [UInt64] = []

    var isEmpty: Bool { marks.isEmpty }

    mutating func append(_ scalar: UInt32, combiningClass: UInt8) {
        marks.append(UInt64(combiningClass) << 56 | UInt64(marks.count) << 24 | UInt64(scalar))
    }

    mutating func sorted() -> some Sequence<UInt32> {
        marks.sort()
        return marks.map { UInt32(truncatingIfNeeded: $0 & 0xFF_FFFF) }
    }

    mutating func removeAll() { marks.removeAll(keepingCapacity: true) }
}

/// A precomposed Hangul syllable, which Unicode decomposes by arithmetic and not by table.
struct HangulSyllable {
    private static let first: UInt32 = 0xAC00
    private static let count: UInt32 = 11_172
    private static let vowelCount: UInt32 = 21
    private static let trailingCount: UInt32 = 28

    let leading: UInt32
    let vowel: UInt32
    let trailing: UInt32?

    init?(_ scalar: UInt32) {
        guard scalar >= Self.first, scalar - Self.first < Self.count else { return nil }
        let index = scalar - Self.first
        leading = 0x1100 + index / (Self.vowelCount * Self.trailingCount)
        vowel = 0x1161 + index % (Self.vowelCount * Self.trailingCount) / Self.trailingCount
        trailing = index % Self.trailingCount == 0 ? nil : 0x11A7 + index % Self.trailingCount
    }
}
