import Parallelism

/// Answers pieces of work on several threads and gives the answers in the order of the work, holding a bounded number
/// of pieces at a time.
///
/// A thread of its own produces, which mostly waits. The caller's thread takes what has come, lets the pool answer it,
/// and delivers. A piece that comes alone has the pool to itself.
final class OrderedStream<Work: Sendable, Answer: Sendable>: Sendable {
    private struct State {
        var waiting: [Work] = []
        /// Everything is submitted.
        var isComplete = false
        /// Answers are no longer wanted.
        var isStopped = false
    }

    /// Pieces answered together, for each thread: at the end of every round threads wait for the last one.
    private static var piecesByThread: Int { 4 }

    private let monitor = Monitor(State())
    private let pool: ThreadPool
    private let threads: Int
    private let answer: @Sendable (Work, _ threads: Int) -> Answer

    /// `answer` is told how many threads it may use.
    init(pool: ThreadPool, threads: Int, answer: @escaping @Sendable (Work, _ threads: Int) -> Answer) {
        self.pool = pool
        self.threads = min(threads, pool.threads)
        self.answer = answer
    }

    /// Delivers an answer to all that `produce` submits.
    ///
    /// `submit` is false once nothing more is wanted. When `deliver` fails, `cancel` is called to make a waiting
    /// `produce` return.
    func run(
        produce: @escaping @Sendable (_ submit: (Work) -> Bool) -> Void,
        deliver: (Answer) throws(SystemError) -> Void,
        cancel: () -> Void
    ) throws(SystemError) {
        let producer: Thread
        do throws(ThreadError) {
            producer = try Thread { [self] in
                produce(submit)
                monitor.update { $0.isComplete = true }
            }
        } catch {
            throw SystemError(file: "thread", code: error.code)
        }
        defer { producer.join() }
        do {
            while let work = nextWork() {
                let threadsEach = work.count == 1 ? threads : 1
                let answers = pool.map(count: work.count, threads: threads) { answer(work[$0], threadsEach) }
                for answer in answers { try deliver(answer) }
            }
        } catch {
            monitor.update { $0.isStopped = true }
            cancel()
            throw error
        }
    }

    private func submit(_ work: Work) -> Bool {
        let limit = Self.piecesByThread * threads
        return monitor.update(when: { $0.waiting.count < limit || $0.isStopped }) { state in
            guard !state.isStopped else { return false }
            state.waiting.append(work)
            return true
        }
    }

    /// All that has come, once anything has; nil at the end.
    private func nextWork() -> [Work]? {
        monitor.update(when: { !$0.waiting.isEmpty || $0.isComplete }) { state in
            defer { state.waiting = [] }
            return state.waiting.isEmpty ? nil : state.waiting
        }
    }
}
