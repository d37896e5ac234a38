/// Per code point what normalisation and pre-tokenisation ask, expanded from `UnicodeTables` on first use.
///
/// Only text beyond ASCII needs it: expanding takes a fraction of a millisecond and 100 KB.
struct UnicodeProperties: Sendable {
    /// The flags of a code point, and above them its canonical combining class.
    struct Record: Sendable {
        let bits: UInt32

        @inline(__always)
        func contains(_ flag: Flag) -> Bool { bits & flag.rawValue != 0 }

        /// Canonical combining class; 0 for starters.
        var combiningClass: UInt8 { UInt8(truncatingIfNeeded: bits >> 8) }
    }

    enum Flag: UInt32 {
        /// BertNormalizer's `clean_text` removes it: control, format, private, unassigned, U+FFFD.
        case removed = 0x01
        case whiteSpace = 0x02
        case punctuation = 0x04
        /// BertNormalizer's `handle_chinese_chars` puts spaces around it.
        case chinese = 0x08
        /// BertNormalizer's `strip_accents` removes it after decomposition.
        case accent = 0x10
        /// An added token with `single_word` may not touch it.
        case word = 0x20
        case decomposes = 0x40
        case lowercases = 0x80
    }

    static let shared = UnicodeProperties()

    private static let blockBits = 7
    private static let codePointCount = 0x110000

    private let records: [UInt32]
    /// By block of 128 code points, the offset of its record indices in `indices`; equal blocks share them.
    private let blocks: [UInt32]
    private let indices: [UInt8]

    private init() {
        records = UnicodeTables.records
        let blockSize = 1 << Self.blockBits
        var blocks: [UInt32] = []
        blocks.reserveCapacity(Self.codePointCount / blockSize)
        var indices: [UInt8] = []
        // Most blocks lie within one run: those share one uniform block per record.
        var uniform = [UInt32?](repeating: nil, count: 256)
        let runs = UnicodeTables.runs
        var run = 0
        for start in stride(from: 0, to: Self.codePointCount, by: blockSize) {
            while run + 1 < runs.count, Int(runs[run + 1] >> 8) <= start { run += 1 }
            let end = start + blockSize
            let isUniform = run + 1 == runs.count || Int(runs[run + 1] >> 8) >= end
            let record = UInt8(truncatingIfNeeded: runs[run])
            if isUniform, let offset = uniform[Int(record)] {
                blocks.append(offset)
                continue
            }
            blocks.append(UInt32(truncatingIfNeeded: indices.count))
            if isUniform { uniform[Int(record)] = blocks.last }
            var current = run
            for codePoint in start..<end {
                if current + 1 < runs.count, Int(runs[current + 1] >> 8) == codePoint { current += 1 }
                indices.append(UInt8(truncatingIfNeeded: runs[current]))
            }
        }
        self.blocks = blocks
        self.indices = indices
    }

    /// The record of a code point below 0x110000.
    @inline(__always)
    subscript(scalar: UInt32) -> Record {
        let block = Int(blocks[Int(scalar) >> Self.blockBits])
        return Record(bits: records[Int(indices[block + Int(scalar) & (1 << Self.blockBits - 1)])])
    }
}

/// A map from code points to short sequences of code points, in two sorted arrays of `UnicodeTables`.
struct UnicodeMapping: Sendable {
    /// Canonical decompositions, applied to the end; Hangul syllables apart.
    static let decomposition = UnicodeMapping(
        keys: UnicodeTables.decompositionKeys,
        values: UnicodeTables.decompositionValues
    )
    static let lowercase = UnicodeMapping(keys: UnicodeTables.lowercaseKeys, values: UnicodeTables.lowercaseValues)

    private let keys: [UInt32]
    private let starts: [UInt16]
    private let values: [UInt32]

    private init(keys: [UInt32], values: [UInt32]) {
        self.keys = keys
        self.values = values
        var start: UInt16 = 0
        starts = keys.map { key in
            defer { start += UInt16(key & 7) }
            return start
        }
    }

    /// The values of `scalar`; empty when it has none.
    subscript(scalar: UInt32) -> ArraySlice<UInt32> {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] >> 3 < scalar { low = middle + 1 } else { high = middle }
        }
        guard low < keys.count, keys[low] >> 3 == scalar else { return [] }
        let start = Int(starts[low])
        return values[start..<(start + Int(keys[low] & 7))]
    }
}
