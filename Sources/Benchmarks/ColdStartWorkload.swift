import CommandSupport

/// This program started anew to decide on one query, from before it is executed until it has ended.
struct ColdStartWorkload: Workload {
    let program: String
    let arguments: [String]

    let section = Section.coldStart
    let subject = "classify one query"
    let weight = 3.0

    func run(until deadline: Deadline) throws -> Sample {
        var deadline = deadline
        var latencies = Latencies()
        var peakBytes: [Double] = []
        repeat {
            let child = try runChild(program, arguments)
            guard child.status == 0 else {
                let end = child.status < 0 ? "was ended by signal \(-child.status)" : "exited with \(child.status)"
                throw BenchmarkError("\(([program] + arguments.dropLast()).joined(separator: " ")) \(end)")
            }
            latencies.record(child.duration)
            peakBytes.append(Double(child.peakBytes))
        } while !deadline.hasPassed()
        return Sample(figures: [
            (.p50, latencies.percentile(50)), (.p95, latencies.percentile(95)), (.memory, median(peakBytes) / 1e6),
        ])
    }
}
