/// Why a decision was taken, or was not.
public enum Reason: Sendable, Equatable {
    /// The model was sure enough.
    case confident
    /// The policy's rule of this name applies; the model was not asked.
    case rule(String)
    /// Two labels are too close to one another for the confidence or the lead that is asked for; the likelier comes first.
    case ambiguous(String, String)
    /// The text is unlike anything in training; `nearest` is the example that comes closest, where the model carries
    /// examples.
    case outOfScope(nearest: String?)
    /// The text is longer than the policy lets be read.
    case tooLong
    /// The text holds nothing that the model reads.
    case nothingToRead
    /// More queries were waiting than may.
    case overloaded
    /// The deadline passed, or would have passed, before there was a decision.
    case deadlinePassed
    /// The caller gave up.
    case cancelled
    /// The model failed, for this reason.
    case failed(String)
}

extension Reason: CustomStringConvertible {
    /// One sentence, as an explanation shows it.
    public var description: String {
        switch self {
        case .confident: "confident"
        case .rule(let name): "by rule \(name)"
        case .ambiguous(let first, let second): "ambiguous between \(first) and \(second)"
        case .outOfScope(let nearest?): "unlike anything in training (nearest: \(nearest))"
        case .outOfScope(nil): "unlike anything in training"
        case .tooLong: "longer than is read"
        case .nothingToRead: "the text holds nothing that the model reads"
        case .overloaded: "too many queries are waiting"
        case .deadlinePassed: "the deadline passed"
        case .cancelled: "cancelled"
        case .failed(let reason): reason
        }
    }

    /// A word for programs and metrics, without anything of the text.
    public var code: String {
        switch self {
        case .confident: "confident"
        case .rule: "rule"
        case .ambiguous: "ambiguous"
        case .outOfScope: "out_of_scope"
        case .tooLong: "too_long"
        case .nothingToRead: "nothing_to_read"
        case .overloaded: "overloaded"
        case .deadlinePassed: "deadline_passed"
        case .cancelled: "cancelled"
        case .failed: "failed"
        }
    }
}
