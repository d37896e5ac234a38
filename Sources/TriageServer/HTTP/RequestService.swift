import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import Tracing
import TriageModel
import TriageRouter

/// What connections ask of the server; shared by all of them.
final class RequestService: Sendable {
    let live: LiveRouter
    let queue: DecisionQueue
    let limits: RequestLimits
    let connections: Connections
    let metrics: ServerMetrics
    let driftWatch: DriftWatch
    let ids = RequestIDs()
    let date = HTTPDate()
    let logger: Logger
    let version: String
    /// Seconds since 1970.
    let startTime: Int
    /// Requests that came whole and are not answered yet.
    let inFlight = Atomic<Int>(0)
    private let protectsMetrics: Bool
    private let keys: Mutex<KeyRing?>
    private let isDraining = Atomic<Bool>(false)
    private let hasEnded = Atomic<Bool>(false)
    private let warnings = RateLimit(perSecond: 5)
    /// Nil where nobody collects spans.
    private let tracer: (any Tracer)?

    init(
        _ settings: ServerSettings,
        _ queue: DecisionQueue,
        _ metrics: ServerMetrics,
        _ driftWatch: DriftWatch,
        keys: KeyRing?,
        logger: Logger,
        version: String,
        startTime: Int
    ) {
        live = queue.router
        self.queue = queue
        limits = settings.limits
        connections = Connections(limit: settings.limits.connections)
        self.metrics = metrics
        self.driftWatch = driftWatch
        self.logger = logger
        self.version = version
        self.startTime = startTime
        protectsMetrics = settings.protectsMetrics
        self.keys = Mutex(keys)
        let tracer = InstrumentationSystem.tracer
        self.tracer = tracer is NoOpTracer ? nil : tracer
    }

    var readTime: TimeAmount { TimeAmount(limits.readTimeout) }
    var idleTime: TimeAmount { TimeAmount(limits.idleTimeout) }

    var keyRing: KeyRing? {
        get { keys.withLock { $0 } }
        set { keys.withLock { $0 = newValue } }
    }

    // MARK: End

    /// Whether requests are welcome.
    var isReady: Bool { !isDraining.load(ordering: .relaxed) }
    /// Whether requests are refused.
    var isEnding: Bool { hasEnded.load(ordering: .relaxed) }

    /// From now on `/ready` tells callers to go elsewhere.
    func drain() { isDraining.store(true, ordering: .relaxed) }

    /// From now on requests are refused, and connections end with their next answer.
    func end() { hasEnded.store(true, ordering: .relaxed) }

    // MARK: Requests

    /// What becomes of a request by its head alone, before anything of its body is read.
    enum Admission {
        /// With the key that it has; nil where there are no keys.
        case admitted(KeyRing.Holder?)
        case refused(Answer)
    }

    func admit(_ head: RequestHead) -> Admission {
        var holder: KeyRing.Holder?
        do throws(RequestError) {
            try check(head, &holder)
            return .admitted(holder)
        } catch {
            if error.outcome == "rejected", head.endpoint == .triage {
                metrics.countRejected(1, reason: error.code, tenant: holder?.key.tenant ?? "")
            }
            return .refused(error.answer(on: head.endpoint))
        }
    }

    private func check(_ head: RequestHead, _ holder: inout KeyRing.Holder?) throws(RequestError) {
        if let defect = head.defect { throw defect }
        guard let endpoint = head.endpoint else { throw RequestError(.notFound, "not_found", "there is nothing here") }
        guard endpoint.allows(head.method) else {
            let message = "\(endpoint.rawValue) takes \(endpoint.allowedMethods)"
            var error = RequestError(.methodNotAllowed, "method_not_allowed", message)
            error.fields = [("allow", endpoint.allowedMethods)]
            throw error
        }
        if endpoint != .health, endpoint != .ready, endpoint != .metrics || protectsMetrics {
            holder = try self.holder(of: head)
        }
        if let length = head.contentLength, length > limits.bodyBytes { throw Self.tooLarge(limits.bodyBytes) }
        guard endpoint.asksModel else { return }
        guard head.isJSON else {
            throw RequestError(.unsupportedMediaType, "unsupported_media_type", "content-type must be application/json")
        }
        guard head.contentEncoding == nil else {
            throw RequestError(
                .unsupportedMediaType,
                "unsupported_content_encoding",
                "content-encoding must be identity"
            )
        }
        if isEnding { throw RequestError.stopping }
        if let error = queue.refusal() { throw RequestError(error) }
    }

    /// Whose key the request has; nil where there are no keys.
    private func holder(of head: RequestHead) throws(RequestError) -> KeyRing.Holder? {
        guard let ring = keyRing else { return nil }
        guard let credential = head.credential, let holder = ring.holder(of: credential) else {
            let message = head.credential == nil ? "an API key is needed" : "the API key is not known"
            var error = RequestError(.unauthorized, "unauthorized", message)
            error.fields = [("www-authenticate", "Bearer realm=\"triage\"")]
            throw error
        }
        return holder
    }

    private static let deadlines = 1...3_600_000

    /// When the caller gives up, counted from the head of the request.
    func deadline(of request: Request) throws(RequestError) -> ContinuousClock.Instant? {
        guard let field = request.head.deadline else { return nil }
        guard let milliseconds = Int(field), Self.deadlines.contains(milliseconds) else {
            let range = "\(Self.deadlines.lowerBound) to \(Self.deadlines.upperBound)"
            throw RequestError(.badRequest, "invalid_deadline", "x-triage-deadline-ms must be a whole number, \(range)")
        }
        return request.start + .milliseconds(milliseconds)
    }

    /// The answer to what needs nobody else; nil for what asks the model.
    func answerAtOnce(_ request: Request) -> Answer? {
        switch request.head.endpoint {
        case .triage, .predict, .embeddings: nil
        case .models: models
        case .drift: drift
        case .health: health
        case .ready: ready
        case .metrics:
            Answer(status: .ok, contentType: MetricsPage.contentType, body: Array(metricsPage.utf8))
        case .description: Answer(status: .ok, body: Array(OpenAPI.document.utf8))
        case nil: RequestError(.notFound, "not_found", "there is nothing here").answer(on: nil)
        }
    }

    /// The answer to what asks the model.
    func answer(_ request: Request) async -> Answer {
        do throws(RequestError) {
            switch request.head.endpoint {
            case .predict: return try await predict(request)
            case .embeddings: return try await embeddings(request)
            default: return try await triage(request)
            }
        } catch {
            return error.answer(on: request.head.endpoint)
        }
    }

    // MARK: Faults of connections

    private static func tooLarge(_ limit: Int) -> RequestError {
        var error = RequestError(.contentTooLarge, "body_too_large", "the body is larger than \(limit) bytes")
        error.closes = true
        return error
    }

    func tooLarge(_ head: RequestHead) -> Answer { Self.tooLarge(limits.bodyBytes).answer(on: head.endpoint) }

    var tooSlow: Answer {
        var error = RequestError(.requestTimeout, "timeout", "the request did not come in time")
        error.closes = true
        return error.answer(on: nil)
    }

    var tooManyConnections: Answer {
        var error = RequestError(.unavailable, "too_many_connections", "too many connections are open")
        error.fields = [("retry-after", "1")]
        return error.answer(on: nil)
    }

    /// To bytes that are no request; nil where the connection itself failed.
    func answer(toUnreadable error: any Error) -> Answer? {
        guard let error = error as? HTTPParserError else { return nil }
        if error == .headerOverflow {
            return RequestError(.fieldsTooLarge, "head_too_large", "the fields are too large").answer(on: nil)
        }
        return RequestError(.badRequest, "invalid_http", "the request is not well-formed HTTP/1.1").answer(on: nil)
    }

    // MARK: Observation

    /// Counts an answer, and logs it where answers are logged. `duration` is that from the end of the request on; nil for one
    /// that was refused before it ended.
    func note(_ answer: Answer, to head: RequestHead?, duration: TimeAmount?) {
        let asked = head?.endpoint?.asksModel == true ? duration : nil
        metrics.count(answer.status, on: head?.endpoint, duration: asked.map { Double($0.nanoseconds) / 1e9 })
        guard logger.logLevel <= .debug else { return }
        var metadata: Logger.Metadata = ["status": "\(answer.status.rawValue)"]
        if let duration { metadata["ms"] = "\(Duration.nanoseconds(duration.nanoseconds).milliseconds)" }
        if let head {
            metadata["endpoint"] = "\(head.endpoint?.name ?? "none")"
            metadata.merge(identification(of: head)) { $1 }
        }
        logger.debug("request", metadata: metadata)
    }

    private func identification(of head: RequestHead) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["request": "\(head.id)"]
        if let trace = head.trace { metadata["trace"] = "\(trace.traceID)" }
        return metadata
    }

    /// A few a second, so that a broken model does not fill the disk too.
    func warnOfFailure(_ failure: InferenceError, _ head: RequestHead) {
        if case .failed(let error) = failure { warnOfFailure(.failed(error.description), head) }
    }

    func warnOfFailure(_ reason: Reason, _ head: RequestHead) {
        guard let suppressed = warnings.admit() else { return }
        var metadata = identification(of: head)
        metadata["reason"] = "\(reason.description)"
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        logger.warning("the model failed", metadata: metadata)
    }

    /// A span over the request, with the times of its steps.
    func trace(_ request: Request, _ decisions: [RouteDecision]) {
        guard let tracer else { return }
        Spans.record(request, decisions, tracer)
    }
}
