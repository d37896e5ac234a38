/// Answers pieces of work on several threads and gives the answers in the order of the work, holding a bounded number
/// of pieces at a time.
///
/// One thread produces, up to `threads` answer, the caller's thread delivers. A thread that answers is started when
/// there is work and nobody idle, so that one query does not wait for more threads than it uses.
final class OrderedStream<Work: Sendable, Answer: Sendable>: Sendable {
    private struct State {
        var waiting: [Int: Work] = [:]
        var answers: [Int: Answer] = [:]
        var submitted = 0
        var taken = 0
        var delivered = 0
        var workers: [Thread] = []
        var idleWorkers = 0
        /// Everything is submitted.
        var isComplete = false
        /// Answers are no longer wanted, or there is no thread to give them.
        var failure: SystemError?

        var isStopped: Bool { failure != nil }
        var needsWorker: Bool { idleWorkers < submitted - taken }
    }

    private let monitor = Monitor(State())
    private let threads: Int
    private let answer: @Sendable (Work) -> Answer

    init(threads: Int, answer: @escaping @Sendable (Work) -> Answer) {
        self.threads = threads
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
        let producer = try Thread { [self] in
            produce(submit)
            monitor.update { $0.isComplete = true }
        }
        do {
            while let answer = nextAnswer() { try deliver(answer) }
        } catch {
            monitor.update { $0.failure = error }
            cancel()
        }
        producer.join()
        let (workers, failure) = monitor.update { ($0.workers, $0.failure) }
        for worker in workers { worker.join() }
        if let failure { throw failure }
    }

    private func submit(_ work: Work) -> Bool {
        // Enough that nobody idles while the slowest piece is delivered.
        let limit = 2 * threads + 1
        return monitor.update(when: { $0.submitted - $0.delivered < limit || $0.isStopped }) { state in
            guard !state.isStopped else { return false }
            state.waiting[state.submitted] = work
            state.submitted += 1
            guard state.needsWorker && state.workers.count < threads else { return true }
            do throws(SystemError) {
                state.workers.append(try Thread { [self] in answerAll() })
                state.idleWorkers += 1
            } catch {
                // Where the system gives no more threads, those that run go on; without any there is no progress.
                if state.workers.isEmpty { state.failure = error }
            }
            return !state.isStopped
        }
    }

    private func answerAll() {
        while let (number, work) = nextWork() {
            let answer = answer(work)
            monitor.update { state in
                state.answers[number] = answer
                state.idleWorkers += 1
            }
        }
    }

    private func nextWork() -> (Int, Work)? {
        monitor.update(when: { $0.taken < $0.submitted || $0.isComplete || $0.isStopped }) { state in
            guard !state.isStopped, let work = state.waiting.removeValue(forKey: state.taken) else { return nil }
            defer { state.taken += 1 }
            state.idleWorkers -= 1
            return (state.taken, work)
        }
    }

    private func nextAnswer() -> Answer? {
        monitor.update(
            when: {
                $0.answers[$0.delivered] != nil || $0.isStopped || ($0.isComplete && $0.delivered == $0.submitted)
            }
        ) { state in
            guard !state.isStopped, let answer = state.answers.removeValue(forKey: state.delivered) else { return nil }
            state.delivered += 1
            return answer
        }
    }
}
