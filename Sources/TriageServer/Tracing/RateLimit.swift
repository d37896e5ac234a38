import Synchronization

/// Lets a few events a second through, and counts the others.
final class RateLimit: Sendable {
    private struct State {
        var second = ContinuousClock.now
        var admitted = 0
        var suppressed = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    init(perSecond limit: Int) { self.limit = limit }

    /// How many events were held back since the last one that was let through; nil where this one is held back too.
    func admit(now: ContinuousClock.Instant = .now) -> Int? {
        state.withLock { state in
            if state.second.duration(to: now) >= .seconds(1) { (state.second, state.admitted) = (now, 0) }
            guard state.admitted < limit else {
                state.suppressed += 1
                return nil
            }
            state.admitted += 1
            defer { state.suppressed = 0 }
            return state.suppressed
        }
    }
}
