/// Refuses, before it is parsed, YAML that a short file can make costly: anchors, which repeated aliases blow up to any
/// size, and many keys written with `?`, each of which is hashed with all that it nests.
///
/// Without a scanner for YAML it cannot be told whether a place lies in a quoted or a block text, so that what looks like
/// an anchor at the beginning of such a line, or after `: `, `[`, `{` or `,` in it, is refused too.
enum YAMLGuard {
    private static let maximumExplicitKeys = 16

    /// The first place that is refused; nil where there is none.
    static func defect(in bytes: ArraySlice<UInt8>) -> FileDefect? {
        var line = 1
        var lineStart = bytes.startIndex
        // Whether a node may begin here, and whether this is a tag, after which one may.
        var mayBegin = true
        var isTag = false
        var explicitKeys = 0
        func defect(_ index: Int, _ reason: String) -> FileDefect {
            FileDefect(line: line, column: bytes[lineStart..<index].count { $0 & 0xC0 != 0x80 } + 1, reason: reason)
        }
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if bytes[index] == UInt8(ascii: "\n") {
                    line += 1
                    lineStart = index + 1
                }
                mayBegin = true
                isTag = false
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                mayBegin = mayBegin || isTag
                isTag = false
            case UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","): mayBegin = true
            case UInt8(ascii: "-"): break
            case UInt8(ascii: "?") where mayBegin:
                explicitKeys += 1
                if explicitKeys > maximumExplicitKeys { return defect(index, "keys written with `?` are not read") }
            case UInt8(ascii: "&") where mayBegin && isAnchor(bytes[(index + 1)...]):
                return defect(index, "anchors are not read; where this is a text, write a space after the `&`")
            case UInt8(ascii: "!") where mayBegin:
                isTag = true
                mayBegin = false
            case let byte: mayBegin = byte >= 0x80 && isBreak(bytes[...index])
            }
        }
        return nil
    }

    /// Whether the bytes after an `&` make it an anchor: a name, and an end of the name.
    private static func isAnchor(_ rest: ArraySlice<UInt8>) -> Bool {
        let end = rest.firstIndex { byte in
            switch byte | 0x20 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): false
            default: !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) && byte != 0x2D && byte != 0x5F
            }
        }
        guard end != rest.startIndex else { return false }
        guard let end else { return !rest.isEmpty }
        return rest[end] <= 0x20 || rest[end] >= 0x80 || "?:,]}%@`".utf8.contains(rest[end])
    }

    /// Whether the bytes end in one of the line breaks of YAML 1.1 that are not ASCII, or in a byte order mark.
    private static func isBreak(_ bytes: ArraySlice<UInt8>) -> Bool {
        let end = bytes.suffix(3)
        return end.suffix(2).elementsEqual([0xC2, 0x85]) || end.elementsEqual([0xE2, 0x80, 0xA8])
            || end.elementsEqual([0xE2, 0x80, 0xA9]) || end.elementsEqual([0xEF, 0xBB, 0xBF])
    }
}
