/// A text as conditions see it: ASCII white space dropped at both ends, each run of it inside one space, A to Z as a to z,
/// all other bytes as they are. Its storage is used again for the next text.
struct NormalizedText: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Those that occur.
    private(set) var present = ByteSet()

    init() {}

    init(_ text: String) {
        assign(text)
    }

    mutating func assign(_ text: String) {
        var bytes = bytes, present = ByteSet()
        self.bytes = []
        bytes.removeAll(keepingCapacity: true)
        let source = text.utf8.span
        bytes.reserveCapacity(source.count)
        var isSpacePending = false
        for index in source.indices {
            var byte = source[index]
            if Self.isWhiteSpace(byte) {
                isSpacePending = !bytes.isEmpty
                continue
            }
            if isSpacePending {
                bytes.append(0x20)
                present.insert(0x20)
                isSpacePending = false
            }
            if byte &- 0x41 < 26 { byte |= 0x20 }
            bytes.append(byte)
            present.insert(byte)
        }
        self.bytes = bytes
        self.present = present
    }

    /// The length of the longest run of bytes of the set.
    func longestRun(of set: ByteSet) -> Int {
        if present.isDisjoint(with: set) { return 0 }
        let bytes = bytes.span
        var longest = 0, current = 0
        for index in bytes.indices {
            current = set.contains(bytes[index]) ? current + 1 : 0
            longest = max(longest, current)
        }
        return longest
    }

    /// Space, tab, line feed, vertical tab, form feed, carriage return.
    @inline(__always) static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 0x09 < 5 }
}
