/// Splits bytes into the records and fields of RFC 4180, strictly and in one pass.
///
/// A quote inside a field that none began, text after a closing quote, and a lone carriage return are errors. A line feed
/// alone also ends a record, a byte order mark before the first is left out, and blank lines are passed over.
struct CSVParser {
    /// The longest record in bytes.
    static let maximumLength = 1 << 20

    /// A place in the file and what is wrong there.
    struct Defect: Error, Equatable {
        let line: Int
        let column: Int
        let reason: String
        /// Whether it is known where the next record begins.
        var isContained = true
    }

    private static let quote = UInt8(ascii: "\"")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let lineFeed = UInt8(ascii: "\n")

    let separator: UInt8
    /// The line on which the record begins, from 1.
    private(set) var recordLine = 0

    private let bytes: [UInt8]
    private var position: Int
    private var line = 1
    private var lineStart: Int
    /// The content of the fields of the current record, one after the other, and where each ends.
    private var content: [UInt8] = []
    private var ends: [Int] = []

    init(_ bytes: [UInt8], separator: UInt8) {
        self.bytes = bytes
        self.separator = separator
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        lineStart = position
    }

    var fieldCount: Int { ends.count }

    /// A field of the current record; nil where it is not valid UTF-8.
    func field(_ index: Int) -> String? {
        String(validating: content[(index == 0 ? 0 : ends[index - 1])..<ends[index]], as: UTF8.self)
    }

    /// Reads the next record; false at the end. After an error that is contained, the next call reads the record after.
    mutating func next() throws(Defect) -> Bool {
        while endLine() {}
        recordLine = line
        guard position < bytes.count else { return false }
        content.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        let limit = position + min(Self.maximumLength + 1, bytes.count - position)
        while true {
            if position < limit, bytes[position] == Self.quote {
                try quotedField(limit: limit)
            } else {
                try plainField(limit: limit)
            }
            ends.append(content.count)
            guard position < bytes.count else { return true }
            if bytes[position] == separator {
                position += 1
            } else if endLine() {
                return true
            } else {
                let isReturn = bytes[position] == Self.carriageReturn
                let reason = isReturn ? "a carriage return without a line feed" : "text after a closing quote"
                throw skippingLine(defect(reason))
            }
        }
    }

    private mutating func plainField(limit: Int) throws(Defect) {
        let start = position
        scan: while position < limit {
            switch bytes[position] {
            case separator, Self.carriageReturn, Self.lineFeed: break scan
            case Self.quote:
                throw skippingLine(defect("a quote inside a field; quote the field and double the quote"))
            default: position += 1
            }
        }
        guard position < limit || limit == bytes.count else {
            throw skippingLine(defect("a record longer than \(Self.maximumLength) bytes"))
        }
        content.append(contentsOf: bytes[start..<position])
    }

    private mutating func quotedField(limit: Int) throws(Defect) {
        var opening = defect("the quote that opens here is not closed before the end of the file")
        position += 1
        var start = position
        while position < limit {
            switch bytes[position] {
            case Self.quote:
                content.append(contentsOf: bytes[start..<position])
                position += 1
                guard position < bytes.count, bytes[position] == Self.quote else { return }
                start = position
            case Self.lineFeed:
                line += 1
                lineStart = position + 1
            default: break
            }
            position += 1
        }
        if limit < bytes.count {
            opening = Defect(
                line: opening.line,
                column: opening.column,
                reason: "the quote that opens here is not closed within \(Self.maximumLength) bytes",
                isContained: false
            )
        }
        throw opening
    }

    /// Passes a line break at the current position, where there is one.
    private mutating func endLine() -> Bool {
        guard position < bytes.count else { return false }
        if bytes[position] == Self.carriageReturn, position + 1 < bytes.count, bytes[position + 1] == Self.lineFeed {
            position += 1
        }
        guard bytes[position] == Self.lineFeed else { return false }
        position += 1
        line += 1
        lineStart = position
        return true
    }

    /// A defect at the current position.
    private func defect(_ reason: String) -> Defect {
        // Bytes that continue a character are not counted.
        let column = bytes[lineStart..<position].count { $0 & 0xC0 != 0x80 } + 1
        return Defect(line: line, column: column, reason: reason)
    }

    /// Goes to the next line, where the next record is taken to begin.
    private mutating func skippingLine(_ defect: Defect) -> Defect {
        position = bytes[position...].firstIndex(of: Self.lineFeed) ?? bytes.count
        _ = endLine()
        return defect
    }
}
