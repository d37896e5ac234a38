/// Why a model cannot be evaluated on data.
package struct EvaluationError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
