package import StrictJSON

/// A text to answer.
package struct Query: Equatable, Sendable {
    /// The id that came with it, or the number of its line.
    package let id: JSONValue
    /// Its line in the input, from 1; for texts given as arguments, the position among them.
    package let line: Int
    package let text: String

    package init(id: JSONValue, line: Int, text: String) {
        self.id = id
        self.line = line
        self.text = text
    }

    /// A text given as an argument.
    package static func argument(_ text: String, at position: Int) -> Result<Query, BadInput> {
        checked(id: JSONValue(position), line: position, text: text)
    }

    static func checked(id: JSONValue, line: Int, text: String) -> Result<Query, BadInput> {
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            return .failure(BadInput(id: id, line: line, reason: "empty text"))
        }
        return .success(Query(id: id, line: line, text: text))
    }
}

/// An input that cannot be answered, and why.
package struct BadInput: Error, Equatable {
    package let id: JSONValue
    package let line: Int
    package let reason: String

    package init(id: JSONValue, line: Int, reason: String) {
        self.id = id
        self.line = line
        // A reason may quote the input, which may be a megabyte.
        self.reason = reason.utf8.count > 300 ? reason.prefix(300) + "…" : reason
    }
}
