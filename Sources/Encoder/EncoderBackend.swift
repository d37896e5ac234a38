/// Something that runs the network: a batch of tokens in, one embedding and one row of logits a sequence out.
///
/// Conforming types are safe to call from many threads at once.
package protocol EncoderBackend: Sendable {
    /// What computes, such as `cpu-int8-avx512vnni`.
    var name: String { get }

    /// Tokens of a batch that uses the hardware well; larger batches work too.
    var preferredTokenCount: Int { get }

    /// Tokens below which a batch uses the hardware so badly that no work is split into such for the sake of more threads.
    var minimumTokenCount: Int { get }

    /// What is to run the batches of a call of so many tokens in all, which may use so many threads. By default itself.
    func backend(for stage: EncoderStage, tokenCount: Int, threads: Int) -> any EncoderBackend

    /// What runs a batch on which this one throws `EncoderError.deviceFailed`; by default nothing does.
    var fallback: (any EncoderBackend)? { get }

    /// Replaces the contents of `output` by the results for `batch`, in the order of its sequences. At most `threads`
    /// threads work at once; the results do not depend on how many.
    func run(_ batch: TokenBatch, threads: Int, into output: inout EncoderOutput) throws(EncoderError)

    /// Replaces `outputs` by what the first stage says of each sequence, `[sequences][outputs of the stage]`: from its
    /// embeddings alone, at a fraction of the cost of `run`. Throws where there is none.
    func runFirstStage(_ batch: TokenBatch, into outputs: inout [Float]) throws(EncoderError)
}

extension EncoderBackend {
    package func backend(for stage: EncoderStage, tokenCount: Int, threads: Int) -> any EncoderBackend { self }

    package var fallback: (any EncoderBackend)? { nil }

    /// Whether it computes in integers of 8 bits, in which every backend gives the same bits.
    package var isExact: Bool { name.contains("-int8") }

    /// Lets `body` run a batch on this backend, and where its device fails once more on its fallback. Returns the name of the
    /// backend that ran it.
    package func withFallback(
        _ body: (any EncoderBackend) throws(EncoderError) -> Void
    ) throws(EncoderError) -> String {
        do throws(EncoderError) {
            try body(self)
            return name
        } catch {
            guard case .deviceFailed = error, let fallback else { throw error }
            try body(fallback)
            return fallback.name
        }
    }
}

/// A part of the network that answers.
package enum EncoderStage: Sendable {
    /// `EncoderBackend.runFirstStage`.
    case first
    /// `EncoderBackend.run`.
    case whole
}

/// Results of a batch, row-major; reuse one to keep its storage.
package struct EncoderOutput: Sendable, Equatable {
    /// One pooled vector a sequence: `[sequences][hidden size]`.
    package var embeddings: [Float] = []
    /// One row of raw outputs a sequence: `[sequences][outputs]`; empty for an encoder without a classifier.
    package var logits: [Float] = []

    package init() {}
}
