/// Why a decision was taken, or was not.
public enum Reason: Sendable, Equatable {
    /// The model was sure enough.
    case confident
    /// Two labels are too close to one another for the confidence that is asked for; the likelier comes first.
    case ambiguous(String, String)
    /// The text is unlike anything in training; `nearest` is the example that comes closest, where the model carries
    /// examples.
    case outOfScope(nearest: String?)
}

extension Reason: CustomStringConvertible {
    /// One sentence, as an explanation shows it.
    public var description: String {
        switch self {
        case .confident: "confident"
        case .ambiguous(let first, let second): "ambiguous between \(first) and \(second)"
        case .outOfScope(let nearest?): "unlike anything in training (nearest: \(nearest))"
        case .outOfScope(nil): "unlike anything in training"
        }
    }
}
