package import Parallelism
import StrictJSON

/// Why one query has no answer.
package struct QueryFailure: Error {
    package let reason: String

    package init(reason: String) { self.reason = reason }
}

/// Answers every query of a source and writes the answers in order: in constant memory, on several threads, whatever
/// single inputs are like.
package struct QueryRun {
    package let source: QuerySource
    package let pool: ThreadPool
    /// Threads of the pool that answer, at most.
    package let threads: Int
    package let batchSize: Int
    /// Whether an input without an answer gets an object in the output, so that output lines follow input lines.
    package let writesFailures: Bool

    package init(
        source: QuerySource,
        pool: ThreadPool = .shared,
        threads: Int,
        batchSize: Int,
        writesFailures: Bool
    ) {
        self.source = source
        self.pool = pool
        self.threads = threads
        self.batchSize = batchSize
        self.writesFailures = writesFailures
    }

    /// How a run went.
    package struct Summary: Equatable, Sendable {
        package var inputs = 0
        package var failures = 0
        package var isInterrupted = false

        package init(inputs: Int = 0, failures: Int = 0, isInterrupted: Bool = false) {
            self.inputs = inputs
            self.failures = failures
            self.isInterrupted = isInterrupted
        }
    }

    /// `answer` gives for each query a piece of output, line break included, with as many threads as it is told; it
    /// runs on several threads at once.
    package func run(
        output: Descriptor,
        console: inout Console,
        interruption: Interruption,
        answer: @escaping @Sendable ([Query], _ threads: Int) -> [Result<[UInt8], QueryFailure>]
    ) throws(SystemError) -> Summary {
        let (source, batchSize, writesFailures) = (source, batchSize, writesFailures)
        let stream = OrderedStream<Batch, AnsweredBatch>(pool: pool, threads: threads) { batch, threads in
            AnsweredBatch(batch, writesFailures: writesFailures) { answer($0, threads) }
        }
        console.begin(totalBytes: source.size)
        defer { console.end() }
        var summary = Summary()
        try stream.run(
            produce: { submit in
                source.submitBatches(of: batchSize, interruption: interruption, submit: submit)
            },
            deliver: { (batch) throws(SystemError) in
                for failure in batch.failures {
                    console.report("\(source.name):\(failure.line): \(failure.reason)")
                }
                try output.write(batch.output)
                summary.inputs += batch.inputs
                summary.failures += batch.failures.count
                console.update(queries: summary.inputs, bytes: batch.position)
                if let failure = batch.failure { throw failure }
            },
            cancel: { interruption.request() }
        )
        summary.isInterrupted = interruption.isRequested
        return summary
    }
}

/// A batch with everything to write about it.
private struct AnsweredBatch: Sendable {
    var output: [UInt8] = []
    var failures: [BadInput] = []
    let inputs: Int
    let position: Int
    let failure: SystemError?

    init(
        _ batch: Batch,
        writesFailures: Bool,
        answer: ([Query]) -> [Result<[UInt8], QueryFailure>]
    ) {
        inputs = batch.items.count
        position = batch.position
        failure = batch.failure
        var answers = answer(batch.items.compactMap { try? $0.get() }).makeIterator()
        for item in batch.items {
            switch item {
            case .failure(let bad): append(bad, writesFailures)
            case .success(let query):
                switch answers.next() {
                case .success(let bytes): output += bytes
                case .failure(let failure):
                    append(BadInput(id: query.id, line: query.line, reason: failure.reason), writesFailures)
                case nil: append(BadInput(id: query.id, line: query.line, reason: "no answer"), writesFailures)
                }
            }
        }
    }

    private mutating func append(_ bad: BadInput, _ isWritten: Bool) {
        failures.append(bad)
        guard isWritten else { return }
        var writer = JSONWriter()
        writer.append(.object(["id": bad.id, "line": JSONValue(bad.line), "error": .string(bad.reason)]))
        output += writer.bytes + [UInt8(ascii: "\n")]
    }
}
