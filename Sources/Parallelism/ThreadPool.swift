/// The threads that compute: the calling one and a fixed number of workers.
///
/// Workers start with the first region that wants them, wait a short while for the next region in a loop, and then
/// sleep: an idle pool uses no processor time. Safe to use from many threads at once and from within a region: who
/// finds the workers taken runs all parts itself, so that no call waits for another and no more threads compute than
/// the callers and the workers there are.
@usableFromInline
package final class ThreadPool: Sendable {
    /// The pool of the whole process, as large as the process may use processors.
    package static let shared = ThreadPool(threads: UsableCores.current().count)

    /// The most threads that run a region: the calling one and the workers.
    package let threads: Int

    private let crew: Crew

    package init(threads: Int) {
        self.threads = max(1, min(threads, Crew.maximumWorkers + 1))
        crew = Crew()
    }

    /// Waits for the workers to end.
    deinit { crew.dismiss() }

    /// Runs the parts below `count` of `work` on at most `limit` threads, and returns when all have ended. Allocates
    /// nothing once the workers have started.
    package func run(_ work: some ParallelWork, count: Int, threads limit: Int = .max) {
        let team = min(count, limit, threads)
        if team > 1 && crew.reserve() {
            crew.run(work, count: count, workers: team - 1)
            crew.release()
        } else {
            for part in 0..<max(0, count) { work.run(part: part) }
        }
    }

    /// Runs `body` for every part below `count` on at most `limit` threads, and returns when all have ended. Where the
    /// closure's box, one allocation, is too much, use ``run(_:count:threads:)``.
    @usableFromInline
    package func run(count: Int, threads limit: Int = .max, _ body: @Sendable (Int) -> Void) {
        withoutActuallyEscaping(body) { body in run(ClosureWork(body: body), count: count, threads: limit) }
    }
}

private struct ClosureWork: ParallelWork {
    let body: @Sendable (Int) -> Void

    func run(part: Int) { body(part) }
}
