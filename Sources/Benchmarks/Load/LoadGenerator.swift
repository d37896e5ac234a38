import CommandSupport
import Glibc
import NIOCore
import NIOPosix
import Parallelism

/// What a run measured.
struct LoadMeasurement: Sendable {
    /// Requests a second.
    let rate: Double
    /// For which requests were counted.
    let seconds: Double
    let tally: LoadTally
    let isInterrupted: Bool
    /// The processor time of this process meanwhile.
    let processorSeconds: Double
    /// The service's processor time meanwhile, and its memory at the end.
    let server: ServerProcess.Usage?

    /// Answers of any kind; backlog that was answered after the end lengthens the time.
    var answersPerSecond: Double { perSecond(tally.count(where: \.isAnswer)) }
    var successesPerSecond: Double { perSecond(tally.count(where: \.isSuccess)) }

    private let lastAnswerSeconds: Double

    private func perSecond(_ count: Int) -> Double {
        let time = max(seconds, lastAnswerSeconds)
        return time > 0 ? Double(count) / time : 0
    }

    init(
        rate: Double,
        seconds: Double,
        warmUp: Double,
        tally: LoadTally,
        isInterrupted: Bool,
        processorSeconds: Double,
        server: ServerProcess.Usage?
    ) {
        self.rate = rate
        self.seconds = seconds
        self.tally = tally
        self.isInterrupted = isInterrupted
        self.processorSeconds = processorSeconds
        self.server = server
        lastAnswerSeconds = Double(tally.lastAnswer) / 1e9 - warmUp
    }
}

/// Connections to a service, spread over event loops, on which runs of requests are sent one after the other.
final class LoadGenerator {
    private static let tickMilliseconds: Int32 = 20
    /// Opening this many connections a second is slow, even for a server that does other work.
    private static let slowestOpening = 250.0

    private let parameters: LoadParameters
    private let interruption: Interruption
    private let group: MultiThreadedEventLoopGroup
    private let workers: [NIOLoopBound<LoadWorker>]
    private let loops: [any EventLoop]

    /// Resolves the host and connects once, to see that the service is there.
    init(_ parameters: LoadParameters, interruption: Interruption) throws {
        try checkLimits(parameters.connections)
        self.parameters = parameters
        self.interruption = interruption
        let target = parameters.target
        let requests = requests(
            to: target,
            texts: parameters.queries.texts,
            headers: parameters.headers,
            deadline: parameters.deadlineMilliseconds
        )
        let threads = min(parameters.threads, parameters.connections)
        group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        loops = Array(group.makeIterator())
        do {
            let address = try reachableAddress(target, group)
            workers = try loops.enumerated().map { index, loop in
                let share = (parameters.connections + index) / threads
                return try loop.submit {
                    let worker = LoadWorker(eventLoop: loop, address: address, requests: requests, connections: share)
                    return NIOLoopBound(worker, eventLoop: loop)
                }.wait()
            }
        } catch {
            try? group.syncShutdownGracefully()
            throw error
        }
    }

    /// Closes all connections.
    func close() {
        _ = try? onWorkers { $0.close() }
        try? group.syncShutdownGracefully()
    }

    /// Opens the connections that are missing.
    func open(progress: (_ activity: String, _ share: Double) -> Void) throws {
        let wanted = parameters.connections
        let deadline = ContinuousClock.now + .seconds(10 + Double(wanted) / Self.slowestOpening)
        try onWorkers { $0.openAll() }
        while true {
            let snapshots = try onWorkers(\.snapshot)
            let open = snapshots.reduce(0) { $0 + $1.openConnections }
            if open == wanted { return }
            let counts = "\(grouped(open)) of \(grouped(wanted)) connections"
            if let failure = snapshots.compactMap(\.openFailure).first {
                throw BenchmarkError("\(counts) to \(parameters.target.authority) opened; the next: \(reason(failure))")
            }
            guard ContinuousClock.now < deadline else {
                throw BenchmarkError("\(parameters.target.authority) keeps only \(counts) open")
            }
            progress("\(counts) opened", Double(open) / Double(wanted))
            if interruption.isRequested(within: Self.tickMilliseconds) { throw Benchmark.Interrupted() }
        }
    }

    /// Sends requests at `rate` a second, and waits until all are answered or the time to wait is over.
    func run(
        rate: Double,
        seconds: Double,
        warmUp: Double,
        progress: (_ activity: String, _ share: Double) -> Void
    ) throws -> LoadMeasurement {
        let start = (NIODeadline.now() + .milliseconds(1)).uptimeNanoseconds
        for (index, loop) in loops.enumerated() {
            let worker = workers[index]
            let plan = LoadPlan(
                rate: rate / Double(loops.count),
                seed: UInt64(parameters.seed),
                stream: index,
                start: start,
                warmUp: UInt64(warmUp * 1e9),
                end: UInt64((warmUp + seconds) * 1e9),
                drain: UInt64(parameters.drain * 1e9)
            )
            try loop.submit { worker.value.begin(plan) }.wait()
        }
        var isInterrupted = false
        var elapsed = 0.0
        var counting: (processor: Double, server: Double)?
        var nextLine = 1.0
        let server = parameters.serverProcess.map(ServerProcess.init)
        while true {
            let snapshots = try onWorkers(\.snapshot)
            let results = snapshots.compactMap(\.result)
            elapsed = max(0, Double(NIODeadline.now().uptimeNanoseconds) - Double(start)) / 1e9
            if counting == nil, elapsed >= warmUp || isInterrupted {
                counting = (processorSeconds(), server?.usage()?.processorSeconds ?? 0)
            }
            if results.count == workers.count {
                var usage = server?.usage()
                usage?.processorSeconds -= counting?.server ?? 0
                return LoadMeasurement(
                    rate: rate,
                    seconds: isInterrupted ? max(0, min(seconds, elapsed - warmUp)) : seconds,
                    warmUp: warmUp,
                    tally: results.dropFirst().reduce(into: results[0]) { $0.add($1) },
                    isInterrupted: isInterrupted,
                    processorSeconds: processorSeconds() - (counting?.processor ?? 0),
                    server: usage
                )
            }
            if elapsed >= nextLine {
                nextLine = elapsed.rounded(.down) + 1
                let answers = grouped(snapshots.reduce(0) { $0 + $1.answers })
                let outstanding = grouped(snapshots.reduce(0) { $0 + $1.outstanding })
                let stage = elapsed < warmUp ? "warm-up" : elapsed > warmUp + seconds ? "waiting" : "load"
                progress(
                    "\(stage), \(figure(rate))/s: \(answers) answers, \(outstanding) under way",
                    min(1, elapsed / (warmUp + seconds))
                )
            }
            if !isInterrupted, interruption.isRequested(within: Self.tickMilliseconds) {
                isInterrupted = true
                try onWorkers { $0.interrupt() }
            }
        }
    }

    /// Runs `body` on each worker's event loop, and waits.
    @discardableResult
    private func onWorkers<Value: Sendable>(_ body: @escaping @Sendable (LoadWorker) -> Value) throws -> [Value] {
        try zip(workers, loops).map { worker, loop in try loop.submit { body(worker.value) }.wait() }
    }
}

/// Of this process, so far.
private func processorSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

/// Throws where this machine cannot hold so many connections to one address.
private func checkLimits(_ connections: Int) throws(BenchmarkError) {
    // Beside the connections: standard input and output, event loops, a file of queries.
    let files = raiseOpenFileLimit() - 64
    guard connections <= files else {
        throw BenchmarkError(
            "\(grouped(connections)) connections need more open files than the \(grouped(max(0, files))) this process may "
                + "have beside its own; raise the hard limit (ulimit -Hn) or give fewer --connections"
        )
    }
    // Each connection to one address and port needs a port of ours.
    let range = smallFile("/proc/sys/net/ipv4/ip_local_port_range")?.split(whereSeparator: \.isWhitespace)
        .compactMap { Int($0) }
    guard let range, range.count == 2, connections > range[1] - range[0] + 1 else { return }
    throw BenchmarkError(
        "\(grouped(connections)) connections to one address need as many local ports, and the system has "
            + "\(grouped(range[1] - range[0] + 1)); widen net.ipv4.ip_local_port_range or give fewer --connections"
    )
}

/// The address of the host at which the service answers; of several, the first that does.
private func reachableAddress(_ target: LoadTarget, _ group: any EventLoopGroup) throws -> SocketAddress {
    do {
        let channel = try ClientBootstrap(group: group).connectTimeout(.seconds(5))
            .connect(host: target.host, port: target.port).wait()
        defer { try? channel.close().wait() }
        guard let address = channel.remoteAddress else { throw ChannelError.unknownLocalAddress }
        return address
    } catch {
        throw BenchmarkError("cannot connect to \(target.authority): \(reason(error))")
    }
}

/// In one line, what the system says.
private func reason(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
        guard let failure = error.connectionErrors.first else { return "the host name has no address" }
        return reason(failure.error)
    case let error as IOError: return systemMessage(error.errnoCode)
    case ChannelError.connectTimeout: return "no answer within 5 s"
    default: return "\(error)"
    }
}
