package import Encoder
import Parallelism

/// A linear layer over an encoder's vectors, and examples that a vector is compared with: what a head needs that is
/// fitted on the vectors of an encoder and is no part of it.
///
/// Its bits are the same on every machine. Immutable but for a pool of scratch memory; safe to call from many threads at
/// once.
package final class EmbeddingHead: Sendable {
    /// The example that comes closest to a vector.
    package struct Neighbour: Sendable, Equatable {
        /// Its row among the examples.
        package let index: Int
        /// The cosine between both, rounded to 8 bits on the way.
        package let similarity: Float
    }

    private let size: Int
    private let classifier: Float32Linear
    private let examples: Int8Linear?
    private let kernels: Kernels
    private let pool: SparePool<Scratch>

    /// Scratch of one call.
    private final class Scratch {
        let vector, logits, similarities: AlignedBuffer<Float>
        let quantized: QuantizedActivations

        init(size: Int, outputs: Int, examples: Int) {
            vector = AlignedBuffer(count: size)
            logits = AlignedBuffer(count: outputs)
            similarities = AlignedBuffer(count: examples)
            quantized = QuantizedActivations(rowCapacity: 1, columnCapacity: size)
        }
    }

    /// `classifier` is `[labels][size]`, `examples` `[examples][size]` with rows of length 1; their biases are added.
    /// Throws `EncoderError.unavailable` where the machine lacks the instruction set.
    package init(
        classifier: LinearWeights,
        examples: LinearWeights?,
        instructionSet: InstructionSet? = nil
    ) throws(EncoderError) {
        let selected = if let instructionSet { instructionSet } else { try InstructionSet.selected() }
        guard let kernels = selected.kernels else {
            throw .unavailable("this machine does not support \(selected.rawValue)")
        }
        self.kernels = kernels
        let linear = Float32Linear([classifier])
        let compared = try examples.map { layer throws(EncoderError) in
            try Int8Linear([layer], in: PackingSpace(for: layer))
        }
        let size = linear.inputs
        self.size = size
        self.classifier = linear
        self.examples = compared
        pool = SparePool {
            Scratch(size: size, outputs: linear.outputs, examples: compared?.outputs ?? 0)
        }
    }

    /// Replaces `logits` by what the linear layer gives for row `row` of `vectors`, `[rows][size]`, and returns the
    /// closest example, of equal ones the first.
    package func run(_ vectors: [Float], row: Int, into logits: inout [Float]) -> Neighbour? {
        pool.withObject { scratch in
            scratch.vector.copy(vectors[row * size..<(row + 1) * size])
            classifier.apply(scratch.vector, rows: 1, to: scratch.logits, kernels: kernels)
            logits.removeAll(keepingCapacity: true)
            scratch.logits.append(classifier.outputs, to: &logits)
            guard let examples else { return nil }
            kernels.quantize(scratch.vector, rows: 0..<1, activation: nil, for: examples, to: scratch.quantized)
            kernels.linear(
                scratch.quantized,
                rows: 1,
                weights: examples,
                panels: 0..<examples.panelCount,
                residual: nil,
                to: scratch.similarities
            )
            let (index, similarity) = scratch.similarities.greatest(of: examples.outputs)
            return Neighbour(index: index, similarity: similarity)
        }
    }
}
