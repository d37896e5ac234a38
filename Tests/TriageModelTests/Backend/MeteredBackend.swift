import Encoder
import Synchronization

@testable import TriageModel

/// Time that passes only where a backend computes.
final class ManualClock: Sendable {
    private let time = Mutex(Duration.zero)

    var now: Duration { time.withLock { $0 } }

    func advance(by duration: Duration) { time.withLock { $0 += duration } }
}

/// A backend over another, or over nothing but the tokens, whose runs cost what is said, fail or compute wrongly when it is
/// said, and are counted.
final class MeteredBackend: EncoderBackend {
    enum Fault: Error { case failed, notFinite, wrong }

    let name: String
    let preferredTokenCount: Int
    let minimumTokenCount: Int
    private let inner: (any EncoderBackend)?
    private let clock: ManualClock
    private let overhead: Duration
    private let byToken: Duration
    /// What goes wrong with each run, by its number from 0.
    private let fault: @Sendable (Int) -> Fault?
    private let counter = Mutex((runs: 0, sequences: 0))

    init(
        _ name: String = "fake-int8",
        over inner: (any EncoderBackend)? = nil,
        clock: ManualClock = ManualClock(),
        overhead: Duration = .zero,
        byToken: Duration = .microseconds(10),
        preferredTokenCount: Int = 128,
        fault: @escaping @Sendable (Int) -> Fault? = { _ in nil }
    ) {
        self.name = name
        self.preferredTokenCount = preferredTokenCount
        minimumTokenCount = preferredTokenCount / 2
        self.inner = inner
        self.clock = clock
        self.overhead = overhead
        self.byToken = byToken
        self.fault = fault
    }

    /// Runs that were begun.
    var runs: Int { counter.withLock { $0.runs } }
    /// Sequences of the runs that gave results.
    var sequences: Int { counter.withLock { $0.sequences } }

    func run(_ batch: TokenBatch, threads: Int, into output: inout EncoderOutput) throws(EncoderError) {
        let fault = try begin(batch)
        if let inner {
            try inner.run(batch, threads: threads, into: &output)
        } else {
            output.embeddings = Self.sums(batch)
            output.logits = output.embeddings.map { 2 * $0 }
        }
        if fault == .wrong { output.embeddings[0] = output.embeddings[0].nextUp }
    }

    func runFirstStage(_ batch: TokenBatch, into outputs: inout [Float]) throws(EncoderError) {
        let fault = try begin(batch)
        if let inner {
            try inner.runFirstStage(batch, into: &outputs)
        } else {
            outputs = Self.sums(batch).map { $0 + 1 }
        }
        if fault == .wrong { outputs[0] = outputs[0].nextUp }
    }

    private func begin(_ batch: TokenBatch) throws(EncoderError) -> Fault? {
        let number = counter.withLock { counter in
            counter.runs += 1
            return counter.runs - 1
        }
        clock.advance(by: overhead + byToken * batch.tokenCount)
        let fault = fault(number)
        if fault == .failed { throw .deviceFailed("the device was lost") }
        if fault == .notFinite { throw .notFinite }
        counter.withLock { $0.sequences += batch.sequenceCount }
        return fault
    }

    private static func sums(_ batch: TokenBatch) -> [Float] {
        (0..<batch.sequenceCount).map { sequence in
            batch.range(of: sequence).reduce(0) { $0 + Float(batch.ids[$1]) * 0.1 }
        }
    }
}

extension EncoderConfiguration {
    static var tiny: EncoderConfiguration {
        get throws {
            try EncoderConfiguration(
                vocabularySize: 60,
                maximumPositions: 48,
                segmentCount: 2,
                hiddenSize: 4,
                layerCount: 1,
                headCount: 1,
                intermediateSize: 4,
                activation: .gelu,
                normEpsilon: 1e-12
            )
        }
    }
}
