import Synchronization
import TriageModel

/// A text that waits for the model, and for whom.
final class Ticket: Sendable {
    enum Answer: Sendable {
        case classification(Classification, Spent)
        case embedding(Embedding, Spent)
        case failed(ModelError)
        case overdue
        case cancelled
    }

    /// Where the time went.
    struct Spent: Sendable {
        let queue: Duration
        let compute: Duration
    }

    enum Purpose: Sendable { case classification, embedding }

    private enum State {
        case open
        case awaited(CheckedContinuation<Answer, Never>)
        case answered(Answer)
    }

    let text: EncodedText
    let purpose: Purpose
    /// The generation that answers.
    let router: Router
    let deadline: ContinuousClock.Instant?
    let start = ContinuousClock.now
    private let state = Mutex(State.open)

    init(_ text: EncodedText, for purpose: Purpose, _ router: Router, deadline: ContinuousClock.Instant?) {
        self.text = text
        self.purpose = purpose
        self.router = router
        self.deadline = deadline
    }

    /// Whether one batch can answer both.
    func canJoin(_ other: Ticket) -> Bool {
        router.generation == other.router.generation && router.model === other.router.model && purpose == other.purpose
    }

    var isAnswered: Bool {
        state.withLock { state in
            if case .answered = state { true } else { false }
        }
    }

    /// Gives the answer; the first one counts.
    func answer(_ answer: Answer) {
        let waiting: CheckedContinuation<Answer, Never>? = state.withLock { state in
            switch state {
            case .answered: return nil
            case .open:
                state = .answered(answer)
                return nil
            case .awaited(let continuation):
                state = .answered(answer)
                return continuation
            }
        }
        waiting?.resume(returning: answer)
    }

    /// Waits for the answer, to be called once; a cancelled task gets `cancelled` at once.
    func answer() async -> Answer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Answer? = state.withLock { state in
                    if case .answered(let answer) = state { return answer }
                    state = .awaited(continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            answer(.cancelled)
        }
    }
}
