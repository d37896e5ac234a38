import ArgumentParser
import Benchmarks
import CommandSupport
import StrictJSON

/// The options of `triage bench --serve`.
struct LoadOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Put a load on the service at http://host:port/path; the path is /v1/triage where there is none.",
            valueName: "url"
        ),
        transform: LoadTarget.init(url:)
    )
    var serve: LoadTarget?

    @Option(help: ArgumentHelp("Requests a second, Poisson; by default 100.", valueName: "per-second"))
    var rate: Double?

    @Option(help: "Connections kept open, opened before the load; by default 100.")
    var connections: Int?

    @Option(help: ArgumentHelp("Time to count requests in; by default 10.", valueName: "seconds"))
    var duration: Double?

    @Option(help: ArgumentHelp("Time of load before that, not counted; by default 2.", valueName: "seconds"))
    var warmup: Double?

    @Option(help: ArgumentHelp("Time to wait for answers at the end, at most; by default 10.", valueName: "seconds"))
    var drain: Double?

    @Option(help: "Seed of the arrivals: the same seed, rate and threads, the same times; by default 1.")
    var seed: Int?

    @Option(help: "Threads of the generator; by default 1.")
    var loadThreads: Int?

    @Option(
        help: ArgumentHelp("A header line of every request; may be repeated.", valueName: "name: value"),
        transform: LoadHeader.init(parsing:)
    )
    var header: [LoadHeader] = []

    @Option(help: ArgumentHelp("Sent as x-triage-deadline-ms.", valueName: "milliseconds"))
    var deadlineMs: Int?

    @Option(
        help: ArgumentHelp(
            "The service's process on this machine, to report its memory and time.",
            valueName: "process"
        )
    )
    var pid: Int?

    @Flag(help: "Search the highest rate with p99 under --limit-ms and every answer an outcome, from --rate.")
    var findRate = false

    @Option(help: ArgumentHelp("The limit of --find-rate; by default 500.", valueName: "milliseconds"))
    var limitMs: Double?

    @Option(help: ArgumentHelp("Time of each try of --find-rate; by default 10.", valueName: "seconds"))
    var probe: Double?

    func validate() throws {
        let numbers: [(String, Double?, ClosedRange<Double>)] = [
            ("--rate", rate, 0.01...1_000_000), ("--connections", connections.map(Double.init), 1...1_000_000),
            ("--duration", duration, 0.01...86_400), ("--warmup", warmup, 0...3600), ("--drain", drain, 0...3600),
            ("--load-threads", loadThreads.map(Double.init), 1...64),
            ("--deadline-ms", deadlineMs.map(Double.init), 1...3_600_000),
            ("--pid", pid.map(Double.init), 1...4_194_304),
            ("--limit-ms", limitMs, 0.1...3_600_000), ("--probe", probe, 0.1...3600),
        ]
        for (name, number, range) in numbers {
            guard let number else { continue }
            guard range.contains(number) else {
                throw ValidationError("\(name) must be from \(plain(range.lowerBound)) to \(plain(range.upperBound)).")
            }
            if serve == nil { throw ValidationError("\(name) needs --serve.") }
        }
        if serve == nil,
            let option = [("--header", !header.isEmpty), ("--seed", seed != nil), ("--find-rate", findRate)]
                .first(where: \.1)?.0
        {
            throw ValidationError("\(option) needs --serve.")
        }
        if seed ?? 0 < 0 { throw ValidationError("--seed must not be negative.") }
        if !findRate, let option = [("--limit-ms", limitMs != nil), ("--probe", probe != nil)].first(where: \.1)?.0 {
            throw ValidationError("\(option) needs --find-rate.")
        }
    }

    private func plain(_ number: Double) -> String { Int(exactly: number)?.description ?? number.description }

    /// Runs the load and prints its report; throws an exit code unless all was well.
    func run(target: LoadTarget, queries: QuerySet, isJSON: Bool) throws {
        let interruption = try Interruption()
        interruption.becomeControlC()
        var console = Console()
        defer { console.end() }
        let report: LoadReport
        do {
            let benchmark = LoadBenchmark(parameters(target, queries), interruption: interruption)
            report = try benchmark.run(progress: { console.show($0, share: $1) }, found: { console.report($0) })
        } catch is Benchmark.Interrupted {
            console.report("triage: interrupted before there was anything to report")
            throw ExitCode(130)
        }
        console.end()
        let output = isJSON ? JSONValue.object(report.json).text(pretty: true) + "\n" : report.text
        try Descriptor.standardOutput.write(Array(output.utf8))
        if report.isInterrupted { throw ExitCode(130) }
        if !report.isAllGood { throw ExitCode(1) }
    }

    private func parameters(_ target: LoadTarget, _ queries: QuerySet) -> LoadParameters {
        var parameters = LoadParameters(target: target)
        parameters.queries = queries
        parameters.headers = header
        parameters.deadlineMilliseconds = deadlineMs
        parameters.rate = rate ?? parameters.rate
        parameters.connections = connections ?? parameters.connections
        parameters.seconds = duration ?? parameters.seconds
        parameters.warmUp = warmup ?? parameters.warmUp
        parameters.drain = drain ?? parameters.drain
        parameters.seed = seed ?? parameters.seed
        parameters.threads = loadThreads ?? parameters.threads
        parameters.serverProcess = pid
        if findRate { parameters.search = .init(limitMilliseconds: limitMs ?? 500, probeSeconds: probe ?? 10) }
        return parameters
    }
}
