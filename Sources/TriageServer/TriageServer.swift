import Glibc
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
public import TriageRouter
import UnixSignals

/// Answers over HTTP who handles a query.
///
/// ```swift
/// let server = try TriageServer(ServerSettings(files: RouterFiles(model: "models/triage-en")), logger: logger)
/// try await server.run { address in print("listening on \(address)") }
/// ```
public struct TriageServer: Sendable {
    /// What decides.
    public let router: LiveRouter
    private let settings: ServerSettings
    private let service: RequestService
    private let queue: DecisionQueue
    private let tls: TLSContext?
    private let fileState: FileState
    private let logger: Logger

    /// Loads model, policy, keys and certificate. `version` is what `/metrics` says.
    /// - Throws: `RouterError`, `KeysFileError`, `DriftError` or `ServerError`, with what is wrong with the files.
    public init(_ settings: ServerSettings, version: String = "", logger: Logger) throws {
        self.settings = settings
        self.logger = logger
        fileState = FileState(Reloader.watched(settings))
        tls = try settings.tls.map { files throws(ServerError) in try TLSContext(files) }
        let keys = try settings.keys.map { path throws(KeysFileError) in KeyRing(try KeysFile.keys(at: path)) }
        router = try LiveRouter(settings.files)
        let metrics = ServerMetrics()
        let driftWatch = try DriftWatch(settings, logger)
        driftWatch.warn(about: router.current)
        queue = try DecisionQueue(router, limits: settings.queue) { metrics.record($0) }
        service = RequestService(
            settings,
            queue,
            metrics,
            driftWatch,
            keys: keys,
            logger: logger,
            version: version,
            startTime: time(nil)
        )
    }

    /// Serves until SIGTERM or SIGINT, and until accepted requests are answered then.
    ///
    /// `isListening` is told once where: an address such as `http://127.0.0.1:8080`.
    /// - Throws: `ServerError` where the address cannot be listened on, or requests were cut off in the end.
    public func run(isListening: @escaping @Sendable (String) -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, settings.eventLoops))
        defer { group.shutdownGracefully { _ in } }
        // Its notes on every start and signal say nothing that ours do not.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        let scheme = settings.tls == nil ? "http" : "https"
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        let server = HTTPService(service: service, tls: tls).server(
            configuration: ServerConfiguration(
                address: .hostname(settings.host, port: settings.port),
                backlog: 4_096
            ),
            onServerRunning: { channel in
                isListening("\(scheme)://\(host):\(channel.localAddress?.port ?? settings.port)")
            },
            eventLoopGroup: group,
            logger: quiet
        )
        let reloader = Reloader(
            service: service,
            files: settings.files,
            keys: settings.keys,
            tls: tls,
            watchInterval: settings.watchInterval,
            initialState: fileState,
            paths: Reloader.watched(settings)
        )
        // Ended from the last to the first.
        let services: [any Service] = [
            QueueEnd(queue: queue), reloader, server, Gate(service: service, grace: settings.grace),
        ]
        var configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet
        )
        configuration.maximumGracefulShutdownDuration = settings.grace + settings.drainTimeout
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError {
            throw ServerError.address("\(host):\(settings.port)", reason: reason(error))
        }
        let left = service.inFlight.load(ordering: .relaxed)
        if left > 0 { throw ServerError.drainTimeout(requests: left) }
    }

    private func reason(_ error: IOError) -> String {
        switch error.errnoCode {
        case EADDRINUSE: "another program listens there; choose another --port"
        case EACCES: "ports below 1024 need a privilege; choose another --port"
        case EADDRNOTAVAIL: "this machine has no such address"
        default: "\(error)"
        }
    }
}
