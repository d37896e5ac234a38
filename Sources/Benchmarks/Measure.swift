/// A part of a benchmark.
package enum Section: String, CaseIterable, Sendable {
    case peaks
    case stream
    case router
    case shapes
    case coldStart = "cold-start"
    case memory
    case gpu
    case sweep
}

/// What is measured of a subject.
package enum Quantity: String, CaseIterable, Sendable {
    /// Percentiles of the time that one takes.
    case p50
    case p95
    case p99
    /// On the device's own clock.
    case gpuTime = "gpu-time"
    case queriesPerSecond = "queries"
    case tokensPerSecond = "tokens"
    /// How often a shader runs in a pass.
    case count
    /// The time that a decision takes beyond what the model takes, median.
    case overhead
    /// Multiply-accumulates of one core, in thousand millions a second.
    case rate
    /// The multiply-accumulates of the linear layers, as a share of what the cores in use could do at their peak.
    case shareOfPeak = "peak-share"
    /// Of the GPU time of a pass.
    case shareOfTime = "time-share"
    /// Bytes read and written.
    case bandwidth
    /// The least bytes that a step reads and writes, as a share of what copies reach in that time.
    case shareOfBandwidth = "bandwidth-share"
    /// Between the host and the device.
    case transferred
    case memory

    package var unit: String {
        switch self {
        case .p50, .p95, .p99, .gpuTime: "ms"
        case .count: "runs"
        case .overhead: "µs"
        case .queriesPerSecond: "queries/s"
        case .tokensPerSecond: "tokens/s"
        case .rate: "GMAC/s"
        case .shareOfPeak: "% of peak"
        case .shareOfTime: "% of GPU time"
        case .bandwidth: "GB/s"
        case .shareOfBandwidth: "% of bandwidth"
        case .transferred: "kB"
        case .memory: "MB"
        }
    }

    /// The head of its column.
    var title: String {
        switch self {
        case .p50, .p95, .p99: "\(rawValue) \(unit)"
        case .gpuTime: "GPU ms"
        case .overhead: "\(unit) above the model"
        default: unit
        }
    }

    package var isBetterLower: Bool {
        switch self {
        case .p50, .p95, .p99, .gpuTime, .count, .overhead, .shareOfTime, .transferred, .memory: true
        case .queriesPerSecond, .tokensPerSecond, .rate, .shareOfPeak, .bandwidth, .shareOfBandwidth: false
        }
    }
}

/// One figure of a benchmark, taken once a round.
package struct Measure: Equatable, Sendable {
    /// What it is a figure of; a report has each once.
    package struct Key: Hashable, Sendable {
        package let section: Section
        /// What was run, such as `one by one, 2 threads` or `8x16`.
        package let subject: String
        package let quantity: Quantity

        package init(_ section: Section, _ subject: String, _ quantity: Quantity) {
            self.section = section
            self.subject = subject
            self.quantity = quantity
        }
    }

    package let key: Key
    /// The figure of each round, finite and above 0.
    package private(set) var rounds: [Double]

    /// Nil unless there is a round and every figure is finite and above 0.
    package init?(_ key: Key, rounds: [Double]) {
        guard !rounds.isEmpty, rounds.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
        self.key = key
        self.rounds = rounds.map { significant($0) }
    }

    /// The median of the rounds, which a disturbance in a few of them does not move.
    package var value: Double { median(rounds) }
    package var lowest: Double { rounds.min() ?? 0 }
    package var highest: Double { rounds.max() ?? 0 }
}

/// The middle value, or the mean of the middle two; 0 of none.
package func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2
}
