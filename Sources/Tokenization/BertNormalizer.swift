internal import StrictJSON

/// Hugging Face's BertNormalizer: cleans, sets Chinese characters apart, strips accents, lowercases, in this order.
struct BertNormalizer: Sendable {
    /// Removes control characters and makes every kind of white space a space.
    let cleansText: Bool
    /// Puts spaces around Chinese characters, which makes each a word.
    let separatesChineseCharacters: Bool
    /// Decomposes canonically (NFD) and removes nonspacing marks.
    let stripsAccents: Bool
    let lowercases: Bool

    /// What an ASCII byte that is not removed becomes; other bytes stand for themselves.
    let folding: [UInt8]

    init(_ file: TokenizerFileNode) throws(TokenizerError) {
        guard try file.required("type").string() == "BertNormalizer" else {
            throw try file.unsupported(supported: "BertNormalizer, null")
        }
        cleansText = try file.required("clean_text").bool()
        separatesChineseCharacters = try file.required("handle_chinese_chars").bool()
        lowercases = try file.required("lowercase").bool()
        stripsAccents = try file.optional("strip_accents")?.bool() ?? lowercases
        let (cleans, lowers) = (cleansText, lowercases)
        folding = ByteTable.identity.map { byte in
            switch byte {
            case 0x09, 0x0A, 0x0D: cleans ? 0x20 : byte
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): lowers ? byte | 0x20 : byte
            default: byte
            }
        }
    }

    /// Whether an ASCII byte disappears, so that folding bytes one by one does not normalise the text.
    func removes(_ byte: UInt8) -> Bool { cleansText && ByteTable.isRemovedByCleaning(byte) }

    /// Appends the normalised form of `bytes[range]`, which is whole code points of UTF-8.
    func normalize(_ bytes: Span<UInt8>, _ range: Range<Int>, into output: inout [UInt8]) {
        let properties = UnicodeProperties.shared
        var marks = MarkBuffer()
        var position = range.lowerBound
        while position < range.upperBound {
            let (scalar, length) = UTF8Bytes.scalar(in: bytes, at: position)
            position += length
            if scalar < 0x80 {
                let byte = UInt8(truncatingIfNeeded: scalar)
                if removes(byte) { continue }
                flush(&marks, into: &output)
                output.append(folding[Int(byte)])
                continue
            }
            let record = properties[scalar]
            if cleansText, record.contains(.removed) { continue }
            if cleansText, record.contains(.whiteSpace) {
                flush(&marks, into: &output)
                output.append(0x20)
                continue
            }
            let isSeparated = separatesChineseCharacters && record.contains(.chinese)
            if isSeparated {
                flush(&marks, into: &output)
                output.append(0x20)
            }
            if stripsAccents {
                decompose(scalar, record, properties, &marks, into: &output)
            } else {
                appendFolded(scalar, record, into: &output)
            }
            if isSeparated {
                flush(&marks, into: &output)
                output.append(0x20)
            }
        }
        flush(&marks, into: &output)
    }

    private func decompose(
        _ scalar: UInt32,
        _ record: UnicodeProperties.Record,
        _ properties: UnicodeProperties,
        _ marks: inout MarkBuffer,
        into output: inout [UInt8]
    ) {
        if let jamo = HangulSyllable(scalar) {
            flush(&marks, into: &output)
            for part in [jamo.leading, jamo.vowel] { UTF8Bytes.append(part, to: &output) }
            if let trailing = jamo.trailing { UTF8Bytes.append(trailing, to: &output) }
        } else if record.contains(.decomposes) {
            for part in UnicodeMapping.decomposition[scalar] { order(part, properties[part], &marks, into: &output) }
        } else {
            order(scalar, record, &marks, into: &output)
        }
    }

    /// Accents go at once: removing them before or after the canonical ordering gives the same order of the rest.
    private func order(
        _ scalar: UInt32,
        _ record: UnicodeProperties.Record,
        _ marks: inout MarkBuffer,
        into output: inout [UInt8]
    ) {
        if record.combiningClass == 0 {
            flush(&marks, into: &output)
            if !record.contains(.accent) { appendFolded(scalar, record, into: &output) }
        } else if !record.contains(.accent) {
            marks.append(scalar, combiningClass: record.combiningClass)
        }
    }

    private func flush(_ marks: inout MarkBuffer, into output: inout [UInt8]) {
        if marks.isEmpty { return }
        for mark in marks.sorted() { appendFolded(mark, UnicodeProperties.shared[mark], into: &output) }
        marks.removeAll()
    }

    private func appendFolded(_ scalar: UInt32, _ record: UnicodeProperties.Record, into output: inout [UInt8]) {
        if scalar < 0x80 {
            output.append(folding[Int(scalar)])
        } else if lowercases, record.contains(.lowercases) {
            for part in UnicodeMapping.lowercase[scalar] { UTF8Bytes.append(part, to: &output) }
        } else {
            UTF8Bytes.append(scalar, to: &output)
        }
    }
}
