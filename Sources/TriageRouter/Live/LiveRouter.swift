import Synchronization

/// A router that can be replaced while it is used: every query is decided, from its beginning to its end, by the generation
/// that was current when it began.
///
/// Safe to use from many threads at once.
public final class LiveRouter: Sendable {
    private let router: Mutex<Router>
    /// Held while a generation is made, so that of two reloads at a time the later one wins.
    private let reloading = Mutex(())
    private let counter = OutcomeCounter()

    /// The first generation.
    public init(_ router: Router) {
        self.router = Mutex(Router(router, generation: 1, counter: counter))
    }

    /// Loads the first generation.
    /// - Throws: `RouterError`, with everything that is wrong with the files.
    public convenience init(_ files: RouterFiles) throws(RouterError) {
        self.init(try files.load())
    }

    /// The generation that decides on queries that begin now.
    public var current: Router { router.withLock { $0 } }

    /// How all calls so far ended, over all generations and in every queue.
    public var counts: OutcomeCounts { counter.counts }

    /// Loads a generation, warms it, and puts it in the place of the current one, which serves until then and remains where
    /// anything is wrong. Queries that have begun end as they began. Blocks for as long as loading takes: call it where that
    /// is no harm.
    /// - Returns: the generation, now current.
    /// - Throws: `RouterError`, with everything that is wrong with the files.
    @discardableResult
    public func reload(_ files: RouterFiles) throws(RouterError) -> Router { try reload(files, checking: { _ in }) }

    /// As `reload(_:)`, for those who cannot use every router: `check` throws where the new one must not become current.
    @discardableResult
    package func reload(
        _ files: RouterFiles,
        checking check: (Router) throws(RouterError) -> Void
    ) throws(RouterError) -> Router {
        try reloading.withLock { _ throws(RouterError) in
            let old = current
            let new = Router(try files.load(reusing: old.model), generation: old.generation + 1, counter: counter)
            try check(new)
            router.withLock { $0 = new }
            return new
        }
    }

    /// Loads a generation as ``reload(_:)`` does, for what is wrong with it alone: the current one remains.
    package func check(_ files: RouterFiles) throws(RouterError) { _ = try files.load(reusing: current.model) }

    /// Decides by the current generation; see `Router.decide(_:_:threads:)`.
    public func decide(_ text: String, _ context: RequestContext = RequestContext(), threads: Int = 1) -> RouteDecision
    {
        current.decide(text, context, threads: threads)
    }
}
