import Synchronization

/// A token bucket: so many texts a second, and so many at once.
///
/// More texts at once than it ever holds are let through when it is full, and then owed.
final class Allowance: Sendable {
    private struct State {
        var left: Double
        var time: ContinuousClock.Instant
    }

    private let rate: Double
    private let burst: Double
    private let state: Mutex<State>

    /// Full. `rate` is positive, `burst` at least 1.
    init(rate: Double, burst: Double, now: ContinuousClock.Instant = .now) {
        self.rate = rate
        self.burst = burst
        state = Mutex(State(left: burst, time: now))
    }

    /// Takes so many; nil where they are granted, else how long until they would be.
    func take(_ count: Int, now: ContinuousClock.Instant = .now) -> Duration? {
        state.withLock { state in
            let passed = max(.zero, state.time.duration(to: now))
            state.left = min(burst, state.left + rate * (passed / .seconds(1)))
            state.time = max(state.time, now)
            let needed = min(Double(count), burst)
            guard state.left >= needed else { return .seconds((needed - state.left) / rate) }
            state.left -= Double(count)
            return nil
        }
    }
}
