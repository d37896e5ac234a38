import Parallelism
import Synchronization

/// Independent steps of unequal length on several threads.
enum ParallelLoop {
    /// Runs `step` for every index below `count` on at most `threads` threads of the pool, the calling one among
    /// them, and returns when all have ended. Every thread has a `Worker` of its own, such as a context of a C library.
    ///
    /// Where steps fail, the error of the lowest index is thrown, however the threads raced: the same file gives the
    /// same message every time.
    static func run<Worker>(
        count: Int,
        threads: Int,
        pool: ThreadPool = .shared,
        worker makeWorker: @Sendable () -> Worker?,
        step: @Sendable (Worker, Int) throws(FormatDefect) -> Void
    ) throws(FormatDefect) {
        guard count > 0 else { return }
        let next = Atomic<Int>(0)
        let failure = Mutex<(index: Int, defect: FormatDefect)?>(nil)
        let fail = { @Sendable (index: Int, defect: FormatDefect) in
            failure.withLock { first in
                if first.map({ index < $0.index }) ?? true { first = (index, defect) }
            }
        }
        pool.run(count: max(1, min(threads, pool.threads, count))) { _ in
            guard let worker = makeWorker() else {
                return fail(-1, FormatDefect(.outOfMemory, "there is no memory to decode or encode it"))
            }
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < count, failure.withLock({ $0.map { index < $0.index } ?? true }) else { return }
                do throws(FormatDefect) {
                    try step(worker, index)
                } catch {
                    fail(index, error)
                }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure.defect }
    }
}
