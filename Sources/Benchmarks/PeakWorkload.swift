import CPUBackend

/// The peak of one core's arithmetic.
struct PeakWorkload: Workload {
    let operation: MultiplyAccumulate
    let instructionSet: InstructionSet

    let section = Section.peaks
    /// Stretches of half a millisecond are enough of them soon.
    let weight = 0.25

    var subject: String { operation.rawValue }

    func run(until deadline: Deadline) throws -> Sample {
        var deadline = deadline
        var best = 0.0
        repeat {
            guard let rate = instructionSet.peak(of: operation, measuredFor: .milliseconds(5)) else { return Sample() }
            best = max(best, rate)
        } while !deadline.hasPassed()
        return Sample(figures: [(.rate, best / 1e9)])
    }
}
