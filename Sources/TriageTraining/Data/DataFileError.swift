package import CommandSupport

/// Why labelled texts cannot be taken from a file.
package enum DataFileError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be opened or read.
    case system(SystemError)
    /// Something that is wrong with the file as a whole.
    case file(String, reason: String)
    /// Rows that cannot be read.
    case rows(file: String, BadRows)

    package var description: String {
        switch self {
        case .system(let error): error.description
        case .file(let file, let reason): "\(file): \(reason)"
        case .rows(let file, let rows): rows.description(file: file)
        }
    }
}

/// A row that cannot be read: where it is wrong, and how.
package struct BadRow: Equatable, Sendable {
    /// From 1.
    package let line: Int
    /// In characters from 1, where a place in the line is at fault.
    package let column: Int?
    package let reason: String

    fileprivate var place: (Int, Int) { (line, column ?? 0) }

    package init(line: Int, column: Int? = nil, reason: String) {
        self.line = line
        self.column = column
        // A reason may quote the file, a line of which may be a megabyte.
        self.reason = reason.utf8.count > 300 ? reason.prefix(300) + "…" : reason
    }
}

/// The first rows of a file that cannot be read, and how many there are.
package struct BadRows: Equatable, Sendable {
    static let listedCount = 20

    /// In the order of the file.
    package private(set) var first: [BadRow] = []
    package private(set) var count = 0

    init() {}

    init(_ row: BadRow) { add(row) }

    var isEmpty: Bool { count == 0 }

    mutating func add(_ row: BadRow) {
        count += 1
        first.insert(row, at: first.firstIndex { row.place < $0.place } ?? first.endIndex)
        if first.count > Self.listedCount { first.removeLast() }
    }

    /// A line for each listed row, as compilers write it, and one for the rest.
    fileprivate func description(file: String) -> String {
        var lines = first.map { row in
            "\(file):\(row.line):\(row.column.map { "\($0):" } ?? "") \(visible(row.reason))"
        }
        if count > first.count { lines.append("\(file): and \(count - first.count) more rows that cannot be read") }
        return lines.joined(separator: "\n")
    }
}
