package import CommandSupport

/// Puts a load on a service and measures how it fares.
package struct LoadBenchmark {
    /// Whether the service has become idle after a probe is asked with these.
    private static let idleRate = 10.0
    private static let idleAttempts = 30
    /// From a rate that held in a probe and does not in the long run to the next.
    private static let stepDown = 0.95
    private static let maximumSteps = 20

    private let parameters: LoadParameters
    private let interruption: Interruption

    package init(_ parameters: LoadParameters, interruption: Interruption) {
        self.parameters = parameters
        self.interruption = interruption
    }

    /// Runs the load; where the highest rate is wanted, searches it first and tells `found` of each probe.
    ///
    /// Throws `Benchmark.Interrupted` where there is nothing to report yet.
    package func run(
        progress: (_ activity: String, _ share: Double) -> Void,
        found: (_ probe: String) -> Void
    ) throws -> LoadReport {
        if let process = parameters.serverProcess, ServerProcess(identifier: process).usage() == nil {
            throw BenchmarkError("--pid: there is no process \(process) whose use of memory and time can be read")
        }
        let generator = try LoadGenerator(parameters, interruption: interruption)
        defer { generator.close() }
        try generator.open(progress: progress)
        guard let search = parameters.search else {
            let measurement = try generator.run(
                rate: parameters.rate,
                seconds: parameters.seconds,
                warmUp: parameters.warmUp,
                progress: progress
            )
            return LoadReport(parameters, measurement, probes: [])
        }
        var probes: [LoadProbe] = []
        /// A run at `rate` once the service is idle.
        func attempt(_ rate: Double, seconds: Double) throws -> (LoadMeasurement, isHeld: Bool) {
            if !probes.isEmpty { try settle(generator, search, progress) }
            let warmUp = min(parameters.warmUp, seconds)
            let measurement = try generator.run(rate: rate, seconds: seconds, warmUp: warmUp, progress: progress)
            let probe = LoadProbe(measurement, limitMilliseconds: search.limitMilliseconds)
            probes.append(probe)
            found(probe.description)
            return (measurement, probe.isHeld)
        }
        let highest = try RateSearch.highestRate(from: parameters.rate) { rate in
            let (measurement, isHeld) = try attempt(rate, seconds: search.probeSeconds)
            if measurement.isInterrupted { throw Benchmark.Interrupted() }
            return isHeld
        }
        guard var rate = highest else {
            throw BenchmarkError(
                "\(parameters.target.url): no rate from \(figure(RateSearch.lowestRate))/s up is answered with 2xx and "
                    + "a 99th percentile under \(figure(search.limitMilliseconds)) ms"
            )
        }
        for _ in 1..<Self.maximumSteps {
            let (measurement, isHeld) = try attempt(rate, seconds: parameters.seconds)
            if isHeld || measurement.isInterrupted { return LoadReport(parameters, measurement, probes: probes) }
            rate *= Self.stepDown
        }
        let (measurement, _) = try attempt(rate, seconds: parameters.seconds)
        return LoadReport(parameters, measurement, probes: probes)
    }

    /// Waits until the service answers a few requests as it should.
    private func settle(
        _ generator: LoadGenerator,
        _ search: LoadParameters.Search,
        _ progress: (_ activity: String, _ share: Double) -> Void
    ) throws {
        for _ in 0..<Self.idleAttempts {
            try generator.open(progress: progress)
            let measurement = try generator.run(rate: Self.idleRate, seconds: 1, warmUp: 0, progress: progress)
            if measurement.isInterrupted { throw Benchmark.Interrupted() }
            if LoadProbe(measurement, limitMilliseconds: search.limitMilliseconds).isHeld { return }
        }
        throw BenchmarkError("\(parameters.target.url): does not recover from the last probe")
    }
}

/// One step of the search for the highest rate.
struct LoadProbe: Sendable {
    let rate: Double
    let seconds: Double
    /// In milliseconds; nil where nothing succeeded.
    let p99: Double?
    let requests: Int
    /// Without an outcome.
    let failures: Int
    let isHeld: Bool

    init(_ measurement: LoadMeasurement, limitMilliseconds: Double) {
        let tally = measurement.tally
        rate = measurement.rate
        seconds = measurement.seconds
        p99 = tally.latency.count > 0 ? tally.latency.percentile(99) : nil
        requests = tally.requests
        failures = tally.requests - tally.count(where: \.isOutcome)
        isHeld = failures == 0 && p99 ?? 0 < limitMilliseconds
    }

    var description: String {
        let latency = p99.map { "p99 \(figure($0)) ms" } ?? "no success"
        return "\(figure(rate))/s for \(figure(seconds)) s: \(latency), \(grouped(failures)) of \(grouped(requests)) "
            + "without an outcome: \(isHeld ? "held" : "not held")"
    }
}
