import Parallelism
public import TriageModel

/// Decides for many callers at once: what they ask while the model is busy is answered together, in batches of a bounded
/// number of tokens, and a caller that finds it idle does not wait. The line is bounded: beyond it callers are told at once to
/// come back later.
///
/// Threads of its own compute, so that neither Swift's shared pool nor an event loop is held up. Safe to use from many threads
/// and tasks at once. Releasing it ends the threads.
public final class DecisionQueue: Sendable {
    /// How much is done at once, and how much may wait.
    public struct Limits: Sendable, Equatable {
        /// Threads that compute.
        public var threads: Int
        /// Tokens that the model reads as one batch, unless a single text is longer.
        public var batchTokens: Int
        /// Tokens of all texts that wait.
        public var waitingTokens: Int
        /// Texts that wait.
        public var waitingTexts: Int

        /// `threads`: nil for as many as the process may use processors. Each is at least 1.
        public init(
            threads: Int? = nil,
            batchTokens: Int = 512,
            waitingTokens: Int = 32_768,
            waitingTexts: Int = 4_096
        ) {
            self.threads = max(1, min(threads ?? UsableCores.current().count, 1_024))
            self.batchTokens = max(1, batchTokens)
            self.waitingTokens = max(1, waitingTokens)
            self.waitingTexts = max(1, waitingTexts)
        }
    }

    /// What waits now.
    public struct Load: Sendable, Equatable {
        /// Texts.
        public let texts: Int
        /// Their tokens.
        public let tokens: Int
        /// How long a text that comes now will wait, going by the last batches.
        public let wait: Duration
    }

    /// A batch that was computed.
    public struct Batch: Sendable, Equatable {
        /// Texts.
        public let texts: Int
        /// Their tokens.
        public let tokens: Int
        /// How long the model took.
        public let compute: Duration
    }

    /// What decides.
    public let router: LiveRouter
    private let line: WaitingLine
    private let threads: [Thread]

    /// `observer` is called by the computing threads after every batch, and should be quick.
    /// - Throws: `RouterError` where the system gives no threads.
    public init(
        _ router: LiveRouter,
        limits: Limits = Limits(),
        observer: (@Sendable (Batch) -> Void)? = nil
    ) throws(RouterError) {
        self.router = router
        let line = WaitingLine(limits, observer)
        var threads: [Thread] = []
        do throws(ThreadError) {
            for _ in 0..<limits.threads { threads.append(try Thread { line.serve() }) }
        } catch {
            line.close()
            for thread in threads { thread.join() }
            throw .threads(code: error.code)
        }
        self.line = line
        self.threads = threads
    }

    deinit {
        line.close()
        for thread in threads { thread.join() }
    }

    /// What waits now.
    public var load: Load { line.load }

    /// Decides on one query; see ``decide(_:_:)-([String],_)``.
    public func decide(
        _ text: String,
        _ context: RequestContext = RequestContext()
    ) async throws(AdmissionError) -> RouteDecision {
        try await decide([text], context)[0]
    }

    /// Decides on queries of one context, in order: on all of them or, where they find no room, on none. Each decision is the
    /// one that `Router.decide(_:_:threads:)` gives, but that it is `unavailable` where the deadline passes before the model
    /// is asked, or is going to by how much is waiting, and where the task is cancelled.
    /// A call for more than the whole line holds is accepted where nobody waits: who calls bounds its size.
    /// - Throws: `AdmissionError` where too many are waiting; each text then counts as rejected.
    public func decide(
        _ texts: [String],
        _ context: RequestContext = RequestContext()
    ) async throws(AdmissionError) -> [RouteDecision] {
        let router = router.current
        let plan = router.policy.plan(of: context.tenant)
        do throws(AdmissionError) {
            if let error = line.defect(adding: texts.count) { throw error }
            var decisions: [RouteDecision] = []
            decisions.reserveCapacity(texts.count)
            var tickets: [(index: Int, ticket: Ticket)] = []
            let isHopeless = context.deadline.map { $0 <= .now + line.load.wait } ?? false
            for text in texts {
                let start = ContinuousClock.now
                var admitted = router.admit(text, context)
                admitted.decision.timings = RouteDecision.Timings(tokenize: start.duration(to: .now))
                if let text = admitted.text {
                    if isHopeless {
                        router.giveUp(.deadlinePassed, plan, &admitted.decision)
                    } else {
                        let ticket = Ticket(text, for: .classification, router, deadline: context.deadline)
                        tickets.append((decisions.count, ticket))
                    }
                }
                decisions.append(admitted.decision)
            }
            try line.add(tickets.map(\.ticket))
            for (index, ticket) in tickets {
                complete(&decisions[index], await ticket.answer(), plan, router)
            }
            for decision in decisions { router.counter.count(decision.outcome) }
            return decisions
        } catch {
            for _ in texts { router.counter.count(.rejected) }
            throw error
        }
    }

    private func complete(
        _ decision: inout RouteDecision,
        _ answer: Ticket.Answer,
        _ plan: Plan,
        _ router: Router
    ) {
        switch answer {
        case .classification(let classification, let spent):
            decision.timings?.queue = spent.queue
            decision.timings?.compute = spent.compute
            router.complete(.success(classification), plan, &decision)
        case .failed(let error): router.complete(.failure(error), plan, &decision)
        case .overdue: router.giveUp(.deadlinePassed, plan, &decision)
        case .cancelled, .embedding: router.giveUp(.cancelled, plan, &decision)
        }
    }

    /// Why so many texts more would not be accepted now; nil where they would.
    public func refusal(ofAdding count: Int = 1) -> AdmissionError? { line.defect(adding: count) }

    /// Embeds texts, in order, in line with all that is decided on. They count towards no outcome.
    /// - Throws: `InferenceError`.
    public func embed(_ texts: [String], deadline: ContinuousClock.Instant? = nil) async throws(InferenceError)
        -> [Embedding]
    {
        try await ask(texts, .embedding, deadline) { answer in
            if case .embedding(let embedding, _) = answer { embedding } else { nil }
        }
    }

    /// Classifies texts, in order, in line with all that is decided on, whatever rules and thresholds say. They count towards
    /// no outcome.
    /// - Throws: `InferenceError`.
    public func classify(_ texts: [String], deadline: ContinuousClock.Instant? = nil) async throws(InferenceError)
        -> [Classification]
    {
        try await ask(texts, .classification, deadline) { answer in
            if case .classification(let classification, _) = answer { classification } else { nil }
        }
    }

    private func ask<Value>(
        _ texts: [String],
        _ purpose: Ticket.Purpose,
        _ deadline: ContinuousClock.Instant?,
        _ value: (Ticket.Answer) -> Value?
    ) async throws(InferenceError) -> [Value] {
        let router = router.current
        if let error = line.defect(adding: texts.count) { throw .rejected(error) }
        let tickets = texts.map { Ticket(router.model.encode($0), for: purpose, router, deadline: deadline) }
        do throws(AdmissionError) { try line.add(tickets) } catch { throw .rejected(error) }
        var values: [Value] = []
        var failure: InferenceError?
        for ticket in tickets {
            let answer = await ticket.answer()
            if let value = value(answer) {
                values.append(value)
                continue
            }
            switch answer {
            case .failed(let error): failure = failure ?? .failed(error)
            case .overdue: failure = failure ?? .deadlinePassed
            case .cancelled, .classification, .embedding: failure = failure ?? .cancelled
            }
        }
        if let failure { throw failure }
        return values
    }

    /// Takes no more queries, and returns when all that wait are answered.
    public func drain() async {
        line.close()
        await line.end()
    }
}

/// Why a query was not accepted.
public enum AdmissionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Too many are waiting; about when there will be room.
    case overloaded(retryAfter: Duration)
    /// The queue is being drained.
    case stopping

    /// One sentence.
    public var description: String {
        switch self {
        case .overloaded: Reason.overloaded.description
        case .stopping: "no more queries are accepted"
        }
    }
}

/// Why the model says nothing of texts.
public enum InferenceError: Error, Sendable, Equatable {
    /// They were not accepted.
    case rejected(AdmissionError)
    /// The model failed.
    case failed(ModelError)
    /// The deadline passed while they waited.
    case deadlinePassed
    /// The task was cancelled.
    case cancelled
}
