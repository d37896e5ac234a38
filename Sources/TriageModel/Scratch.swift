import Encoder
import Parallelism
import Synchronization
import Tokenization

/// What a call needs between text and result; kept for the next call, so that short texts cost no allocation.
final class Scratch {
    var encoding = Encoding()
    var batch = TokenBatch()
    var output = EncoderOutput()
    /// Of the softmax, before they are divided by their sum.
    var weights: [Double] = []

    /// Makes these the batch.
    func fill(_ encodings: some Collection<Encoding>) {
        batch.removeAll()
        for encoding in encodings { batch.append(ids: encoding.ids, segmentIds: encoding.segmentIds) }
    }
}

/// Lends scratch to concurrent calls, and keeps as much as threads can compute with at once.
final class ScratchPool: Sendable {
    private let idle = Mutex<[Box]>([])

    // The pool hands each object to one call at a time.
    private struct Box: @unchecked Sendable {
        let scratch: Scratch
    }

    func withScratch<Result, Failure: Error>(
        _ body: (Scratch) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let box = idle.withLock { $0.popLast() } ?? Box(scratch: Scratch())
        defer {
            idle.withLock { if $0.count < 2 * ThreadPool.shared.threads { $0.append(box) } }
        }
        return try body(box.scratch)
    }
}
