/// Tables over single bytes. They decide about ASCII alone, so that plain text never touches the Unicode tables.
enum ByteTable {
    enum Kind {
        static let word: UInt8 = 0
        static let whiteSpace: UInt8 = 1
        static let punctuation: UInt8 = 2
        /// A byte of a code point beyond ASCII: `UnicodeProperties` knows its kind.
        static let multiByte: UInt8 = 3
    }

    /// Every byte stands for itself.
    static let identity: [UInt8] = (0...255).map { $0 }

    /// What BertPreTokenizer takes a byte for.
    static let kinds: [UInt8] = identity.map { byte in
        switch byte {
        case 0x09...0x0D, 0x20: Kind.whiteSpace
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: Kind.punctuation
        case 0x80...: Kind.multiByte
        default: Kind.word
        }
    }

    /// Whether BertNormalizer's `clean_text` removes an ASCII character.
    static func isRemovedByCleaning(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x0A, 0x0D: false
        default: byte < 0x20 || byte == 0x7F
        }
    }
}
