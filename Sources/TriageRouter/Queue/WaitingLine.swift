import DequeModule
import Parallelism
import TriageModel

/// The tickets of a ``DecisionQueue`` and the threads that answer them, in batches of what is waiting: a thread that is idle
/// takes what has come at once, and the longer it works the more wait for it, so that batches grow with the load alone.
final class WaitingLine: Sendable {
    private struct State {
        var tickets: Deque<Ticket> = []
        var tokens = 0
        var isClosed = false
        var workers = 0
        /// Tokens a second that one thread answers, over the last batches; 0 before the first.
        var speed = 0.0
        /// Who waits for the last thread to end.
        var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    }

    /// Of each batch in the average speed.
    private static let weight = 0.1

    private let limits: DecisionQueue.Limits
    private let observer: (@Sendable (DecisionQueue.Batch) -> Void)?
    private let monitor: Monitor<State>

    init(_ limits: DecisionQueue.Limits, _ observer: (@Sendable (DecisionQueue.Batch) -> Void)?) {
        self.limits = limits
        self.observer = observer
        var state = State()
        state.workers = limits.threads
        monitor = Monitor(state)
    }

    var load: DecisionQueue.Load {
        monitor.look { DecisionQueue.Load(texts: $0.tickets.count, tokens: $0.tokens, wait: wait($0)) }
    }

    /// Whether the line takes so many texts more, of which the tokens are not known yet.
    func defect(adding count: Int) -> AdmissionError? {
        monitor.look { state in
            if state.isClosed { return .stopping }
            let isFull =
                state.tokens >= limits.waitingTokens
                || !state.tickets.isEmpty && state.tickets.count + count > limits.waitingTexts
            return isFull ? .overloaded(retryAfter: retry(state)) : nil
        }
    }

    /// Takes all of the tickets or none.
    func add(_ new: [Ticket]) throws(AdmissionError) {
        guard !new.isEmpty else { return }
        let tokens = new.reduce(0) { $0 + $1.text.tokenCount }
        let error: AdmissionError? = monitor.update { state in
            if state.isClosed { return .stopping }
            let fits =
                state.tokens + tokens <= limits.waitingTokens && state.tickets.count + new.count <= limits.waitingTexts
            // What is larger than the line is answered where nobody else waits: it is bounded by who calls.
            guard fits || state.tickets.isEmpty else { return .overloaded(retryAfter: retry(state)) }
            state.tickets.append(contentsOf: new)
            state.tokens += tokens
            return nil
        }
        if let error { throw error }
    }

    /// Takes no more tickets; the threads end when all that wait are answered.
    func close() { monitor.update { $0.isClosed = true } }

    /// Waits until all threads have ended; the line must be closed.
    func end() async {
        await withCheckedContinuation { continuation in
            let hasEnded = monitor.update { state in
                if state.workers > 0 { state.waitingForEnd.append(continuation) }
                return state.workers == 0
            }
            if hasEnded { continuation.resume() }
        }
    }

    /// How long a text that comes now will wait, going by the last batches.
    private func wait(_ state: State) -> Duration {
        guard state.speed > 0 else { return .zero }
        return .seconds(Double(state.tokens) / (state.speed * Double(limits.threads)))
    }

    private func retry(_ state: State) -> Duration { max(wait(state), .milliseconds(100)) }

    // MARK: A thread

    /// Answers until the line is closed and empty.
    func serve() {
        while let batch = nextBatch() {
            for ticket in batch.overdue { ticket.answer(.overdue) }
            guard let first = batch.tickets.first else { continue }
            let start = ContinuousClock.now
            switch first.purpose {
            case .classification: classify(batch.tickets, first.router, start)
            case .embedding: embed(batch.tickets, first.router, start)
            }
        }
        let waiting = monitor.update { state in
            state.workers -= 1
            return state.workers == 0 ? state.waitingForEnd : []
        }
        for continuation in waiting { continuation.resume() }
    }

    private func nextBatch() -> (tickets: [Ticket], overdue: [Ticket])? {
        monitor.update(when: { !$0.tickets.isEmpty || $0.isClosed }) { state in
            guard !state.tickets.isEmpty else { return nil }
            let now = ContinuousClock.now
            var tickets: [Ticket] = [], overdue: [Ticket] = []
            var tokens = 0
            while let next = state.tickets.first {
                let isWanted = !next.isAnswered, isOverdue = next.deadline.map { $0 <= now } ?? false
                if isWanted && !isOverdue {
                    let fits = tokens + next.text.tokenCount <= limits.batchTokens
                    if let first = tickets.first, !fits || !next.canJoin(first) { break }
                    tickets.append(next)
                    tokens += next.text.tokenCount
                } else if isWanted {
                    overdue.append(next)
                }
                state.tokens -= next.text.tokenCount
                state.tickets.removeFirst()
            }
            return (tickets, overdue)
        }
    }

    private func classify(_ tickets: [Ticket], _ router: Router, _ start: ContinuousClock.Instant) {
        let answers = Result { () throws(ModelError) in try router.classify(tickets.map(\.text), threads: 1) }
        finish(tickets, start, answers) { .classification($0, $1) }
    }

    private func embed(_ tickets: [Ticket], _ router: Router, _ start: ContinuousClock.Instant) {
        let answers = Result { () throws(ModelError) in try router.model.embed(tickets.map(\.text), threads: 1) }
        finish(tickets, start, answers) { .embedding($0, $1) }
    }

    private func finish<Value>(
        _ tickets: [Ticket],
        _ start: ContinuousClock.Instant,
        _ answers: Result<[Value], ModelError>,
        _ answer: (Value, Ticket.Spent) -> Ticket.Answer
    ) {
        let compute = start.duration(to: .now)
        let tokens = tickets.reduce(0) { $0 + $1.text.tokenCount }
        let speed = Double(tokens) / max(compute / .seconds(1), 1e-6)
        monitor.update { $0.speed += ($0.speed > 0 ? Self.weight : 1) * (speed - $0.speed) }
        observer?(DecisionQueue.Batch(texts: tickets.count, tokens: tokens, compute: compute))
        switch answers {
        case .success(let values):
            for (ticket, value) in zip(tickets, values) {
                let spent = Ticket.Spent(queue: ticket.start.duration(to: start), compute: compute)
                ticket.answer(answer(value, spent))
            }
        case .failure(let error): for ticket in tickets { ticket.answer(.failed(error)) }
        }
    }
}
