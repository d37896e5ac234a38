package import CommandSupport
package import StrictYAML

/// Why labelled texts cannot be taken from a file.
package enum DataFileError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be opened or read.
    case system(SystemError)
    /// Something that is wrong with the file as a whole.
    case file(String, reason: String)
    /// Rows that cannot be read.
    case rows(file: String, FileDefects)

    package var description: String {
        switch self {
        case .system(let error): error.description
        case .file(let file, let reason): "\(file): \(reason)"
        case .rows(let file, let rows): rows.description(file: file, others: "rows that cannot be read")
        }
    }
}
