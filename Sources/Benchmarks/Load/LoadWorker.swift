import NIOCore
import NIOPosix

/// A number of connections and the requests sent on them, on one event loop; not thread-safe, used only there.
///
/// Requests that are due and find no free connection need no queue: they are the part of the schedule that has passed and
/// was not taken from it yet.
final class LoadWorker {
    /// What the thread that waits for the run looks at.
    struct Snapshot: Sendable {
        var openConnections = 0
        /// Why opening connections was given up.
        var openFailure: (any Error)?
        var outstanding = 0
        var answers = 0
        /// Of a run that has ended.
        var result: LoadTally?
    }

    /// Connections that are being opened at once, and opened in one window: a server's accept queue is short.
    private static let openingLimit = 64
    private static let openingWindow = TimeAmount.milliseconds(10)
    /// After a failure during a run.
    private static let openingPause = TimeAmount.milliseconds(100)
    /// Between wake-ups for requests that fall due, in nanoseconds: each costs about as much as a request, and this
    /// little lateness shows in the report.
    private static let timerGap: UInt64 = 500_000

    private let eventLoop: any EventLoop
    private let address: SocketAddress
    private let requests: [ByteBuffer]
    private let wantedConnections: Int
    private var nextRequest = 0

    private var connections: [ObjectIdentifier: LoadConnection] = [:]
    /// In the order in which they became idle, so that all are used alike; some may have been closed since.
    private var idle = CircularBuffer<LoadConnection>()
    private var opening = 0
    private var openedInWindow = 0
    private var windowStart = NIODeadline.uptimeNanoseconds(0)
    private var isOpeningScheduled = false
    private var isClosing = false
    private var openFailure: (any Error)?

    private var run: LoadRun?
    private var result: LoadTally?
    private var isTimerSet = false
    private var lastTimer: UInt64 = 0
    private var drainTimer: Scheduled<Void>?

    init(eventLoop: any EventLoop, address: SocketAddress, requests: [ByteBuffer], connections: Int) {
        self.eventLoop = eventLoop
        self.address = address
        self.requests = requests
        wantedConnections = connections
    }

    /// Uptime in nanoseconds.
    var now: UInt64 { eventLoop.now.uptimeNanoseconds }

    var snapshot: Snapshot {
        Snapshot(
            openConnections: connections.count,
            openFailure: openFailure,
            outstanding: run?.outstanding ?? 0,
            answers: run?.answers ?? 0,
            result: result
        )
    }

    func begin(_ plan: LoadPlan) {
        result = nil
        run = LoadRun(plan)
        let drainEnd = NIODeadline.uptimeNanoseconds(plan.start + plan.end + plan.drain)
        drainTimer = eventLoop.assumeIsolated().scheduleTask(deadline: drainEnd) { [self] in finish() }
        sendDue()
    }

    /// Ends the run now; what is under way stays unanswered.
    func interrupt() {
        run?.cut(at: now)
        finish()
    }

    func close() {
        isClosing = true
        for connection in connections.values { connection.abandon() }
        idle.removeAll()
    }

    // MARK: Requests

    /// Sends what is due as far as connections are free.
    private func sendDue() {
        while let due = run?.nextDue, due <= now, let connection = takeIdle() {
            let exchange = LoadConnection.Exchange(due: due, sent: now)
            run?.take(exchange, since: connection.idleSince)
            connection.send(requests[nextRequest], exchange)
            nextRequest = (nextRequest + 1) % requests.count
        }
        if let due = run?.nextDue {
            // Without a free connection the next one to become idle sends.
            if due > now { setTimer(due) }
        } else if run?.outstanding == 0 {
            finish()
        }
    }

    private func setTimer(_ due: UInt64) {
        // What is due comes later and later, so a timer that is set is early enough.
        guard !isTimerSet else { return }
        let timer = LoadTimer(worker: NIOLoopBound(self, eventLoop: eventLoop))
        let time = max(due, lastTimer + Self.timerGap)
        // Fails only where the event loop is being shut down.
        isTimerSet = (try? eventLoop.scheduleCallback(at: .uptimeNanoseconds(time), handler: timer)) != nil
    }

    fileprivate func timerFired() {
        isTimerSet = false
        lastTimer = now
        sendDue()
    }

    private func takeIdle() -> LoadConnection? {
        while let connection = idle.popFirst() {
            if connection.isOpen { return connection }
        }
        return nil
    }

    func answered(_ response: ServiceResponse, _ exchange: LoadConnection.Exchange, at now: UInt64) {
        run?.answer(LoadEnding(response), exchange, at: now)
    }

    func failed(_ ending: LoadEnding, _ exchange: LoadConnection.Exchange) {
        run?.fail(ending, exchange)
    }

    private func finish() {
        guard var run else { return }
        self.run = nil
        drainTimer?.cancel()
        for connection in connections.values {
            guard let exchange = connection.exchange else { continue }
            run.fail(.unanswered, exchange)
            connection.abandon()
        }
        result = run.finished()
    }

    // MARK: Connections

    func opened(_ connection: LoadConnection) {
        opening -= 1
        connections[ObjectIdentifier(connection)] = connection
        openMissing()
        becameIdle(connection)
    }

    func becameIdle(_ connection: LoadConnection) {
        idle.append(connection)
        sendDue()
    }

    func closed(_ connection: LoadConnection) {
        connections[ObjectIdentifier(connection)] = nil
        run?.reopen()
        openMissing()
        sendDue()
    }

    /// Opens the connections that are missing, until the first failure.
    func openAll() {
        openFailure = nil
        openMissing()
    }

    /// Opens connections up to the number wanted, at a bounded pace.
    private func openMissing() {
        let missing = wantedConnections - connections.count - opening
        guard missing > 0, openFailure == nil, !isClosing, !isOpeningScheduled else { return }
        if eventLoop.now - windowStart >= Self.openingWindow {
            windowStart = eventLoop.now
            openedInWindow = 0
        }
        let count = min(missing, Self.openingLimit - opening, Self.openingLimit - openedInWindow)
        for _ in 0..<max(0, count) { open() }
        if openedInWindow >= Self.openingLimit && missing > count { openLater(in: Self.openingWindow) }
    }

    private func openLater(in time: TimeAmount) {
        guard !isOpeningScheduled else { return }
        isOpeningScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
            isOpeningScheduled = false
            openMissing()
        }
    }

    private func open() {
        opening += 1
        openedInWindow += 1
        let worker = NIOLoopBound(self, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(LoadConnection(worker: worker.value))
                }
            }
            .connect(to: address)
            .assumeIsolated()
            .whenComplete { [self] result in
                if case .failure(let error) = result { failedToOpen(error) }
            }
    }

    /// Before a run this ends the opening; in a run the request that has waited longest fails.
    private func failedToOpen(_ error: any Error) {
        opening -= 1
        guard run != nil else {
            openFailure = error
            return
        }
        if let due = run?.nextDue, due <= now {
            run?.refuse(LoadEnding(error), due: due)
            sendDue()
        }
        openLater(in: Self.openingPause)
    }
}

/// Wakes a worker; a scheduled task would cost more.
private struct LoadTimer: NIOScheduledCallbackHandler, Sendable {
    let worker: NIOLoopBound<LoadWorker>

    func handleScheduledCallback(eventLoop: some EventLoop) { worker.value.timerFired() }
}
