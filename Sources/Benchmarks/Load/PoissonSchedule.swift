import CommandSupport
import Glibc

/// When requests are due: a Poisson process, whose gaps are exponential (inverse transform sampling) and independent of
/// one another and of how the service fares. The same times from the same seed.
struct PoissonSchedule {
    private let rate: Double
    private var generator: SplitMix64
    private var seconds = 0.0
    /// When the next request is due, in nanoseconds from the start.
    private(set) var next: UInt64 = 0

    /// `rate`: requests a second, above 0. Schedules of one seed with different streams are independent.
    init(rate: Double, seed: UInt64, stream: Int) {
        self.rate = rate
        generator = SplitMix64(seed: seed, stream: UInt64(stream))
        advance()
    }

    mutating func advance() {
        // Above 0 and at most 1, in steps of 2^-53.
        let uniform = Double((generator.next() >> 11) + 1) * 0x1p-53
        seconds -= log(uniform) / rate
        next = UInt64(min(seconds * 1e9, 1e18))
    }

    /// The requests due in `window` from `next` on.
    func count(in window: Range<UInt64>) -> Int {
        var schedule = self
        var count = 0
        while schedule.next < window.upperBound {
            if schedule.next >= window.lowerBound { count += 1 }
            schedule.advance()
        }
        return count
    }
}
