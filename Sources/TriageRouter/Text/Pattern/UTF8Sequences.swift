/// Ranges of scalars as sequences of ranges of bytes.
enum UTF8Sequences {
    /// The sequences that together encode exactly the scalars of `range`, which does not span the surrogates.
    ///
    /// A range is cut where the number of bytes changes and where the bytes after the leading ones stop being free; then each
    /// byte of the encodings of both ends bounds the byte at its place.
    static func of(_ range: ClosedRange<UInt32>) -> [[ClosedRange<UInt8>]] {
        var result: [[ClosedRange<UInt8>]] = []
        append(range.lowerBound, range.upperBound, to: &result)
        return result
    }

    private static func append(_ first: UInt32, _ last: UInt32, to result: inout [[ClosedRange<UInt8>]]) {
        for limit: UInt32 in [0x7F, 0x7FF, 0xFFFF] where first <= limit && last > limit {
            append(first, limit, to: &result)
            append(limit + 1, last, to: &result)
            return
        }
        if last > 0x7F {
            for bits: UInt32 in [6, 12, 18] {
                let mask = 1 << bits - 1 as UInt32
                guard first & ~mask != last & ~mask else { continue }
                if first & mask != 0 {
                    append(first, first | mask, to: &result)
                    append((first | mask) + 1, last, to: &result)
                    return
                }
                if last & mask != mask {
                    append(first, (last & ~mask) - 1, to: &result)
                    append(last & ~mask, last, to: &result)
                    return
                }
            }
        }
        result.append(zip(bytes(first), bytes(last)).map { $0...$1 })
    }

    private static func bytes(_ value: UInt32) -> [UInt8] {
        Unicode.Scalar(value).map { Array(String($0).utf8) } ?? []
    }
}
