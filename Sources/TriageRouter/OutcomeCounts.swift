import Synchronization

/// How many calls ended in which outcome; their sum is the number of calls that have ended.
public struct OutcomeCounts: Sendable, Equatable {
    /// Decided by the model or by a rule.
    public internal(set) var classified = 0
    /// Left to a fallback.
    public internal(set) var abstained = 0
    /// Not accepted: there was nothing to read, or too many were waiting.
    public internal(set) var rejected = 0
    /// Accepted, and left without a decision: the model failed, the deadline passed, or the caller gave up.
    public internal(set) var unavailable = 0

    /// Calls that have ended.
    public var total: Int { classified + abstained + rejected + unavailable }
}

/// Counts outcomes, from many threads, and over all generations of a router.
final class OutcomeCounter: Sendable {
    private let classified = Atomic<Int>(0), abstained = Atomic<Int>(0)
    private let rejected = Atomic<Int>(0), unavailable = Atomic<Int>(0)

    func count(_ outcome: RouteDecision.Outcome) {
        switch outcome {
        case .classified: classified.add(1, ordering: .relaxed)
        case .abstained: abstained.add(1, ordering: .relaxed)
        case .rejected: rejected.add(1, ordering: .relaxed)
        case .unavailable: unavailable.add(1, ordering: .relaxed)
        }
    }

    var counts: OutcomeCounts {
        OutcomeCounts(
            classified: classified.load(ordering: .relaxed),
            abstained: abstained.load(ordering: .relaxed),
            rejected: rejected.load(ordering: .relaxed),
            unavailable: unavailable.load(ordering: .relaxed)
        )
    }
}
