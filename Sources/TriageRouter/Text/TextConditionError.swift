/// Why a text condition cannot be used.
struct TextConditionError: Error, Equatable, CustomStringConvertible {
    /// Which of the conditions.
    let index: Int
    /// A sentence without full stop that says what is wrong, for patterns with the character, from 1.
    let reason: String

    var description: String { "text condition \(index): \(reason)" }
}
