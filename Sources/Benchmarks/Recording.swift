import CPUBackend
import CommandSupport
import Glibc

/// Figures as they come, round by round: within a round every workload is run once, so that a machine which is slower
/// for a while slows all of them and shows in the spread.
struct Recording {
    let rounds: Int
    let interruption: Interruption
    /// Whether the CPU computes, so that it is what shares and cores are of.
    let isOnCPU: Bool
    private var figures: [Measure.Key: [Double]] = [:]
    private var order: [Measure.Key] = []
    /// Of the workloads of one thread, in seconds.
    private var elapsed = 0.0
    private var processorTime = 0.0

    init(rounds: Int, interruption: Interruption, isOnCPU: Bool = true) {
        self.rounds = rounds
        self.interruption = interruption
        self.isOnCPU = isOnCPU
    }

    /// By section, and within it in the order in which they first came.
    var measures: [Measure] {
        Section.allCases.flatMap { section in
            order.filter { $0.section == section }.compactMap { Measure($0, rounds: figures[$0] ?? []) }
        }
    }

    /// The share of a core's time that the workloads of one thread had; well below 1 where other work had the rest. Nil
    /// where there were none.
    var coreShare: Double? { elapsed > 0 ? min(1, processorTime / elapsed) : nil }

    mutating func record(_ section: Section, _ subject: String, _ quantity: Quantity, _ value: Double?) {
        guard let value else { return }
        let key = Measure.Key(section, subject, quantity)
        if figures[key] == nil { order.append(key) }
        figures[key, default: []].append(value)
    }

    /// Runs the workloads for about `seconds`, but for one round at least. Shares are of the peak of `operation`, whose
    /// workload comes before those that have a share.
    mutating func measure(
        _ workloads: [any Workload],
        seconds: Double,
        shareOf operation: MultiplyAccumulate = .integer,
        progress: (_ activity: String, _ share: Double) -> Void
    ) throws {
        let start = ContinuousClock.now
        let slice = seconds / (Double(rounds) * workloads.reduce(0) { $0 + $1.weight })
        var peak: Double?
        for round in 0..<rounds {
            for (index, workload) in workloads.enumerated() {
                if round > 0 && ContinuousClock.now - start > .seconds(seconds) { return }
                let done = Double(round * workloads.count + index) / Double(rounds * workloads.count)
                progress("round \(round + 1) of \(rounds): \(workload.subject)", done)
                let time = slice * workload.weight
                _ = try run(workload, seconds: time * 0.1)
                let sample = try run(workload, seconds: time * 0.9)
                for (quantity, value) in sample.figures {
                    record(workload.section, workload.subject, quantity, value)
                }
                for part in sample.parts {
                    record(workload.section, "\(workload.subject): \(part.name)", part.quantity, part.value)
                }
                if let workload = workload as? PeakWorkload, workload.operation == operation {
                    peak = sample.figures.first?.1
                }
                if isOnCPU, let rate = sample.multiplyAccumulates, let peak {
                    record(workload.section, workload.subject, .shareOfPeak, rate / (peak * 1e9) * 100)
                }
            }
        }
    }

    private mutating func run(_ workload: any Workload, seconds: Double) throws -> Sample {
        let start = (ContinuousClock.now, clock())
        defer {
            if isOnCPU, workload.section == .peaks || workload.section == .shapes {
                elapsed += (ContinuousClock.now - start.0) / .seconds(1)
                processorTime += Double(clock() - start.1) / 1e6
            }
        }
        let result = Result { try workload.run(until: Deadline(in: .seconds(seconds), interruption: interruption)) }
        // Ctrl-C also reaches the processes that a workload started, and makes it fail.
        guard !interruption.isRequested else { throw Benchmark.Interrupted() }
        return try result.get()
    }
}
