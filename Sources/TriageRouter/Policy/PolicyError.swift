/// Why a policy file cannot be used: every place that is not as it must be.
public struct PolicyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file, as it was named.
    public let file: String
    /// Whether the file could be read at all.
    public let isReadable: Bool
    /// What is wrong, in the order of the file; the first 20 of it.
    public let defects: [PolicyDefect]
    /// How many defects there are.
    public let count: Int

    /// A file that says something wrong.
    package init(file: String, defects: [PolicyDefect], count: Int? = nil) {
        self.file = file
        self.defects = Array(defects.prefix(20))
        self.count = count ?? defects.count
        isReadable = true
    }

    /// A file that cannot be read.
    init(file: String, unreadable reason: String) {
        self.file = file
        defects = [PolicyDefect(reason: reason)]
        count = 1
        isReadable = false
    }

    /// A line for each defect that is listed, as compilers write them, and one for the rest.
    public var description: String {
        var lines = defects.map { defect in
            "\(file):\(defect.line.map { "\($0):" } ?? "")\(defect.column.map { "\($0):" } ?? "") \(defect.reason)"
        }
        if count > defects.count { lines.append("\(file): and \(count - defects.count) more defects") }
        return lines.joined(separator: "\n")
    }
}

/// A place of a policy file that is not as it must be.
public struct PolicyDefect: Equatable, Sendable {
    /// From 1; nil where the whole file is at fault.
    public let line: Int?
    /// In Unicode scalars from 1, where a place in the line is at fault.
    public let column: Int?
    /// What is wrong and what to do, on one line.
    public let reason: String

    init(line: Int? = nil, column: Int? = nil, reason: String) {
        self.line = line
        self.column = column
        self.reason = reason
    }
}
