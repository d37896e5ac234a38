/// A parsed regular expression, to be matched against normalised texts: its sets hold small ASCII letters only.
indirect enum PatternNode: Equatable {
    case empty
    case set(ScalarSet)
    case assertion(Assertion)
    /// At least two.
    case concatenation([PatternNode])
    /// At least two.
    case alternation([PatternNode])
    /// `maximum` is nil for any number and at least 1.
    case repetition(PatternNode, minimum: Int, maximum: Int?)

    enum Assertion: UInt8 {
        case start, end, wordBoundary, noWordBoundary
    }
}

/// How large a pattern may be, and what all together may cost.
struct PatternLimits {
    /// Bytes of UTF-8 of a pattern as written.
    var sourceBytes = 1024
    /// Groups within groups.
    var nesting = 32
    /// The counts of a repetition.
    var repetition = 64
    /// States of a pattern's nondeterministic automaton.
    var programStates = 4096
    /// States of a pattern's deterministic automaton.
    var automatonStates = 2048
    /// Steps that the compilation of all patterns together may take.
    var work = 400_000_000
    /// Bytes of memory of all conditions together.
    var tableBytes = 64 << 20
}

/// Why a pattern is not used.
struct PatternError: Error, Equatable {
    let reason: String
}
