/// Something about labelled data that whoever trains with it should know.
package struct DataFinding: Sendable, Equatable, CustomStringConvertible {
    package enum Severity: String, Sendable {
        /// Nothing sound can be trained.
        case error
        /// The result is worse than it could be.
        case warning
        /// How the data was understood.
        case note
    }

    package let severity: Severity
    /// What was found, with up to five places and the count of the others.
    package let message: String
    /// What to do.
    package let advice: String

    /// All of it on one line.
    package var description: String { "\(severity.rawValue): \(message); \(advice)" }
}
