/// A place of a file that is not as it must be, and why.
package struct FileDefect: Error, Equatable, Sendable {
    /// From 1; nil where the whole file is at fault.
    package let line: Int?
    /// In Unicode scalars from 1, where a place in the line is at fault.
    package let column: Int?
    /// On one line: what could break it, or hide a part of it, is shown as `<U+000A>`.
    package let reason: String

    package init(line: Int? = nil, column: Int? = nil, reason: String) {
        self.line = line
        self.column = column
        self.reason = Self.onOneLine(reason)
    }

    /// As compilers write it.
    package func description(file: String) -> String {
        "\(file):\(line.map { "\($0):" } ?? "")\(column.map { "\($0):" } ?? "") \(reason)"
    }

    fileprivate var place: (Int, Int) { (line ?? 0, column ?? 0) }

    /// A reason may quote the file, a line of which may be a megabyte.
    private static func onOneLine(_ reason: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in reason.unicodeScalars.prefix(maximumLength) {
            if scalar.isControl {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
                result.append(contentsOf: "<U+\(zeros)\(digits)>".unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        if reason.unicodeScalars.dropFirst(maximumLength).first != nil { result.append("…") }
        return String(result)
    }

    private static let maximumLength = 300
}

/// The first defects of a file, and how many there are.
package struct FileDefects: Equatable, Sendable {
    /// How many are kept.
    package static let listedCount = 20

    /// In the order of the file.
    package private(set) var first: [FileDefect] = []
    package private(set) var count = 0

    package init() {}

    package init(_ defect: FileDefect) { add(defect) }

    package var isEmpty: Bool { count == 0 }

    package mutating func add(_ defect: FileDefect) {
        add(line: defect.line, column: defect.column, defect.reason)
    }

    /// The reason, which may be costly to find, is asked for only where the defect is among the first so far.
    package mutating func add(line: Int?, column: Int?, _ reason: @autoclosure () -> String) {
        count += 1
        let place = (line ?? 0, column ?? 0)
        let index = first.firstIndex { place < $0.place } ?? first.endIndex
        guard index < Self.listedCount else { return }
        first.insert(FileDefect(line: line, column: column, reason: reason()), at: index)
        if first.count > Self.listedCount { first.removeLast() }
    }

    /// A line for each that is kept and one for the rest, which are `others`.
    package func description(file: String, others: String) -> String {
        var lines = first.map { $0.description(file: file) }
        if count > first.count { lines.append("\(file): and \(count - first.count) more \(others)") }
        return lines.joined(separator: "\n")
    }
}
