/// Something that runs the network: a batch of tokens in, one embedding and one row of logits a sequence out.
///
/// Conforming types are safe to call from many threads at once.
package protocol EncoderBackend: Sendable {
    /// What computes, such as `cpu-int8-avx512vnni`.
    var name: String { get }

    /// Tokens of a batch that uses the hardware well; larger batches work too.
    var preferredTokenCount: Int { get }

    /// Replaces the contents of `output` by the results for `batch`, in the order of its sequences. At most `threads`
    /// threads work at once; the results do not depend on how many.
    func run(_ batch: TokenBatch, threads: Int, into output: inout EncoderOutput) throws(EncoderError)

    /// Replaces `outputs` by what the first stage says of each sequence, `[sequences][outputs of the stage]`: from its
    /// embeddings alone, at a fraction of the cost of `run`. Throws where there is none.
    func runFirstStage(_ batch: TokenBatch, into outputs: inout [Float]) throws(EncoderError)
}

/// Results of a batch, row-major; reuse one to keep its storage.
package struct EncoderOutput: Sendable, Equatable {
    /// One pooled vector a sequence: `[sequences][hidden size]`.
    package var embeddings: [Float] = []
    /// One row of raw outputs a sequence: `[sequences][outputs]`; empty for an encoder without a classifier.
    package var logits: [Float] = []

    package init() {}
}
