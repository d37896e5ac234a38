/// The steps that compilation may still take: what bounds its time for any policy.
struct PatternWork {
    private(set) var remaining: Int

    init(limit: Int) {
        remaining = limit
    }

    mutating func spend(_ steps: Int) throws(PatternError) {
        remaining -= steps
        if remaining < 0 {
            throw PatternError(
                reason: "the patterns up to this one take too much work to prepare; "
                    + "make them simpler, such as by anchoring them or shortening the repetitions, or use fewer"
            )
        }
    }
}
