import CommandSupport
import Histogram

/// Something that is run over and over and gives figures.
protocol Workload {
    var section: Section { get }
    var subject: String { get }
    /// The time it gets, as a multiple of what others get.
    var weight: Double { get }

    /// Runs until `deadline`, at least once.
    func run(until deadline: Deadline) throws -> Sample
}

/// What a run of a workload gave.
struct Sample {
    var figures: [(Quantity, Double)] = []
    /// Of parts of the subject.
    var parts: [(name: String, quantity: Quantity, value: Double)] = []
    /// Multiply-accumulates of linear layers, a second and core.
    var multiplyAccumulates: Double?
}

/// When a run ends: at a time, or soon after a request to stop.
struct Deadline: Sendable {
    private static let pause = Duration.milliseconds(100)

    private let end: ContinuousClock.Instant
    private let interruption: Interruption
    /// To ask for a request costs a system call.
    private var nextLook = ContinuousClock.now

    init(in duration: Duration, interruption: Interruption) {
        end = .now + duration
        self.interruption = interruption
    }

    mutating func hasPassed() -> Bool {
        let now = ContinuousClock.now
        if now >= end { return true }
        guard now >= nextLook else { return false }
        nextLook = now + Self.pause
        return interruption.isRequested
    }
}

/// Times, to a nanosecond or three digits, whichever is coarser; from HdrHistogram.
struct Latencies: Sendable {
    /// An hour in nanoseconds; what takes longer counts as that.
    private static let longest = 3.6e12

    private var histogram = Histogram<UInt64>(
        highestTrackableValue: UInt64(longest),
        numberOfSignificantValueDigits: .three
    )

    mutating func record(_ duration: Duration) {
        record(nanoseconds: UInt64(min(Self.longest, max(0, duration / .nanoseconds(1)))))
    }

    mutating func record(nanoseconds: UInt64) {
        _ = histogram.record(min(UInt64(Self.longest), max(1, nanoseconds)))
    }

    var count: Int { Int(histogram.totalCount) }

    mutating func add(_ other: Latencies) { histogram.add(other.histogram) }

    /// In milliseconds.
    func percentile(_ percent: Double) -> Double { Double(histogram.valueAtPercentile(percent)) / 1e6 }
}
