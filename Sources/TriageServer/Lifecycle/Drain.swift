import Logging
import ServiceLifecycle
import Synchronization
import TriageRouter

/// The first to be told that the server ends, and holds the others back while callers go elsewhere.
struct Gate: Service {
    let service: RequestService
    let grace: Duration

    func run() async throws {
        // Cancelled where the server could not begin.
        try await gracefulShutdown()
        service.drain()
        service.logger.notice("draining", metadata: ["requests": "\(service.inFlight.load(ordering: .relaxed))"])
        try? await Task.sleep(for: grace)
        service.end()
    }
}

/// The last: when every connection has ended, what still waits for the model is answered.
struct QueueEnd: Service {
    let queue: DecisionQueue

    func run() async throws {
        try await gracefulShutdown()
        await queue.drain()
    }
}
