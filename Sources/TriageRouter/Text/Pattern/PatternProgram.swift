/// A pattern as a nondeterministic automaton over bytes (Thompson's construction; K. Thompson, "Regular expression search
/// algorithm", Communications of the ACM 11(6), 1968).
struct PatternProgram {
    enum State {
        /// Reads one byte of the range.
        case bytes(ClosedRange<UInt8>, next: Int)
        /// Goes on with both.
        case choice(Int, Int)
        /// Goes on where the assertion holds.
        case assertion(PatternNode.Assertion, next: Int)
        case match
    }

    private(set) var states: [State] = [.match]
    private(set) var start = 0
    private let limits: PatternLimits

    /// - Throws: `PatternError` where it needs more states than the limit, or too much work.
    init(_ node: PatternNode, limits: PatternLimits, work: inout PatternWork) throws(PatternError) {
        self.limits = limits
        start = try add(node, before: 0, &work)
    }

    private mutating func add(_ state: State) throws(PatternError) -> Int {
        guard states.count < limits.programStates else {
            throw PatternError(
                reason: "the pattern is too large: written out it needs more than \(limits.programStates) states; "
                    + "make it simpler, such as by shortening the repetitions"
            )
        }
        states.append(state)
        return states.count - 1
    }

    /// The state that begins `node` and goes on with `next`. Built from the end, so that `next` exists.
    private mutating func add(
        _ node: PatternNode,
        before next: Int,
        _ work: inout PatternWork
    ) throws(PatternError) -> Int {
        // Repetitions of nothing add no states, and so only this bounds them.
        try work.spend(1)
        switch node {
        case .empty: return next
        case .set(let set): return try add(set, before: next, &work)
        case .assertion(let assertion): return try add(.assertion(assertion, next: next))
        case .concatenation(let items):
            var next = next
            for item in items.reversed() { next = try add(item, before: next, &work) }
            return next
        case .alternation(let branches):
            var starts: [Int] = []
            for branch in branches { starts.append(try add(branch, before: next, &work)) }
            return try choice(starts)
        case .repetition(let body, let minimum, let maximum):
            var first = next
            if let maximum {
                for _ in minimum..<maximum {
                    let more = try add(body, before: first, &work)
                    first = try add(.choice(more, next))
                }
            } else {
                let loop = try add(.choice(next, next))
                let again = try add(body, before: loop, &work)
                states[loop] = .choice(again, next)
                first = minimum > 0 ? again : loop
            }
            for _ in 0..<(maximum == nil ? max(minimum - 1, 0) : minimum) {
                first = try add(body, before: first, &work)
            }
            return first
        }
    }

    private mutating func add(
        _ set: ScalarSet,
        before next: Int,
        _ work: inout PatternWork
    ) throws(PatternError) -> Int {
        /// What reads one byte and what follows it: endings that sequences have in common are one state.
        struct Step: Hashable {
            let bytes: ClosedRange<UInt8>, next: Int
        }
        var known: [Step: Int] = [:]
        var starts: [Int] = []
        for range in set.ranges {
            for sequence in UTF8Sequences.of(range) {
                var following = next
                for bytes in sequence.reversed() {
                    try work.spend(1)
                    let step = Step(bytes: bytes, next: following)
                    if let state = known[step] {
                        following = state
                    } else {
                        following = try add(.bytes(bytes, next: following))
                        known[step] = following
                    }
                }
                starts.append(following)
            }
        }
        return try choice(starts)
    }

    /// The state that goes on with each of `starts`, of which there is at least one.
    private mutating func choice(_ starts: [Int]) throws(PatternError) -> Int {
        var first = starts[0]
        for start in starts.dropFirst() { first = try add(.choice(first, start)) }
        return first
    }
}
