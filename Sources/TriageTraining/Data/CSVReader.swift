import CommandSupport

/// Reads labelled texts from CSV with a header: columns for the text and the label, and, if wanted, `route` and
/// `source`. Other columns are passed over.
///
/// Fields are separated by commas; by tabs or semicolons where the header has those and no comma.
enum CSVReader {
    /// Where the fields of a text are in a record; nil for those that the file does not have.
    fileprivate struct Columns {
        let text: Int
        let label: Int?
        let route: Int?
        let source: Int?
        /// Fields in the header.
        let count: Int
    }

    /// Throws `rows` where records cannot be read, with the reason for each.
    static func read(
        _ bytes: [UInt8],
        file: String,
        isTabSeparated: Bool,
        labelField: String?,
        limits: DataLimits
    ) throws(DataFileError) -> DataContents {
        let separator = isTabSeparated ? UInt8(ascii: "\t") : separator(of: bytes)
        var parser = CSVParser(bytes, separator: separator)
        let header = try header(&parser, file: file)
        let columns = try Columns(header: header, file: file, labelField: labelField)
        var assembly = RowAssembly(
            file: file,
            labelField: columns.label.map { header[$0] } ?? "label",
            mayUseRoute: columns.label == nil,
            limits: limits
        )
        while true {
            do throws(CSVParser.Defect) {
                guard try parser.next() else { break }
            } catch {
                assembly.reject(line: error.line, column: error.column, error.reason)
                guard error.isContained else { break }
                continue
            }
            let line = parser.recordLine
            guard parser.fieldCount == columns.count else {
                assembly.reject(line: line, "\(parser.fieldCount) fields, the header has \(columns.count)")
                continue
            }
            let indices = [columns.text, columns.label, columns.route, columns.source].compactMap(\.self)
            guard indices.allSatisfy({ parser.field($0) != nil }) else {
                assembly.reject(line: line, "not valid UTF-8")
                continue
            }
            // Of a field that is empty a file cannot say whether it is there: only a text may be.
            func optional(_ index: Int?) -> String? {
                index.flatMap(parser.field).flatMap { $0.isEmpty ? nil : $0 }
            }
            let row = RowAssembly.Row(
                text: parser.field(columns.text),
                label: optional(columns.label),
                route: optional(columns.route),
                source: optional(columns.source)
            )
            try assembly.add(row, line: line)
        }
        return try assembly.contents()
    }

    /// The separator that the header shows: what stands between its fields, outside of quotes.
    private static func separator(of bytes: [UInt8]) -> UInt8 {
        var isQuoted = false
        var other: UInt8?
        for byte in bytes.prefix(CSVParser.maximumLength) {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted: return byte
            case UInt8(ascii: ";") where !isQuoted, UInt8(ascii: "\t") where !isQuoted: other = other ?? byte
            case UInt8(ascii: "\n") where !isQuoted: return other ?? UInt8(ascii: ",")
            default: break
            }
        }
        return other ?? UInt8(ascii: ",")
    }

    private static func header(_ parser: inout CSVParser, file: String) throws(DataFileError) -> [String] {
        let isPresent: Bool
        do {
            isPresent = try parser.next()
        } catch {
            throw .file(file, reason: "in the header, line \(error.line), column \(error.column): \(error.reason)")
        }
        guard isPresent else { throw .file(file, reason: "empty; expected a header with `text` and `label`") }
        var names: [String] = []
        for index in 0..<parser.fieldCount {
            guard let name = parser.field(index) else { throw .file(file, reason: "the header is not valid UTF-8") }
            names.append(name)
        }
        return names
    }
}

extension CSVReader.Columns {
    private static let textNames = ["text", "query", "utterance"]
    private static let labelNames = ["label", "category", "intent"]

    /// Throws where the header lacks a column or has two that would do. Letter case does not matter.
    init(header: [String], file: String, labelField: String?) throws(DataFileError) {
        func column(_ names: [String]) throws(DataFileError) -> Int? {
            let found = header.indices.filter { names.contains(header[$0].lowercased()) }
            guard found.count < 2 else {
                let list = found.map { "`\(header[$0])`" }.joined(separator: " and ")
                throw .file(file, reason: "the header has \(list) where one column is wanted; rename the others")
            }
            return found.first
        }
        func firstColumn(_ names: [String]) throws(DataFileError) -> Int? {
            if let exact = try column([names[0]]) { return exact }
            return try column(Array(names.dropFirst()))
        }
        func missing(_ names: [String]) -> DataFileError {
            let list = header.prefix(20).map { "`\($0.prefix(40))`" }.joined(separator: ", ")
            let expected = names.map { "`\($0)`" }.joined(separator: " or ")
            return .file(file, reason: visible("the header has no column \(expected); found \(list)"))
        }
        guard let text = try firstColumn(Self.textNames) else { throw missing(Self.textNames) }
        let labelNames = labelField.map { [$0.lowercased()] } ?? Self.labelNames
        let label = try firstColumn(labelNames), route = try column(["route"])
        guard label != nil || (labelField == nil && route != nil) else { throw missing(labelNames) }
        self.init(text: text, label: label, route: route, source: try column(["source"]), count: header.count)
    }
}
