package import Encoder
import Parallelism

/// The network on the CPU: int8 through our own kernels, or 32-bit floating point through OpenBLAS.
///
/// Immutable but for a pool of scratch memory; safe to call from many threads at once.
package final class CPUBackend: EncoderBackend {
    /// The arithmetic of the linear layers inside the encoder.
    package enum Arithmetic: String, Sendable {
        case int8
        /// Through OpenBLAS: fast, the accuracy reference.
        case float32 = "f32"
        /// Through our own kernels: slow, the same bits on every machine, no library needed.
        case portableFloat32 = "f32-portable"
    }

    /// Many times what a large encoder of 512 positions needs.
    private static let scratchByteLimit = 4 << 30

    package let name: String
    /// What lies between the layers of MiniLM for so many tokens fits a cache of 1 MB beside a layer's weights.
    package let preferredTokenCount = 128
    /// The weights, fetched anew for every batch, are not made good use of with fewer.
    package let minimumTokenCount = 64

    let configuration: EncoderConfiguration
    let headConfiguration: HeadConfiguration
    let kernels: Kernels
    let tables: EmbeddingTables
    let embeddingNorm: Norm
    let blocks: [Block]
    let transform: Float32Linear?
    let classifier: Float32Linear?
    let firstStage: FirstStage?
    let pool: SparePool<Activations>

    /// Prepares weights for the kernels of `instructionSet`. Keeps the tables; the memory of each block is freed once it
    /// is prepared, where nobody else holds the weights.
    /// Throws `EncoderError.unavailable` where the machine lacks the instruction set or OpenBLAS.
    package init(
        configuration: EncoderConfiguration,
        head: HeadConfiguration,
        weights: EncoderWeights,
        firstStage stageWeights: FirstStageWeights? = nil,
        arithmetic: Arithmetic,
        instructionSet: InstructionSet? = nil
    ) throws(EncoderError) {
        let selected = if let instructionSet { instructionSet } else { try InstructionSet.selected() }
        guard let kernels = selected.kernels else {
            throw .unavailable("this machine does not support \(selected.rawValue)")
        }
        let openBLAS: OpenBLAS? = arithmetic == .float32 ? try OpenBLAS.load() : nil
        name =
            "cpu-\(arithmetic.rawValue)-" + (openBLAS.map { "openblas-\($0.core.lowercased())" } ?? selected.rawValue)
        self.configuration = configuration
        headConfiguration = head
        self.kernels = kernels
        tables = try EmbeddingTables(weights)
        embeddingNorm = Norm(weights.embeddingNorm, epsilon: configuration.normEpsilon)
        var blocks: [Block] = []
        var weights = consume weights
        let space = arithmetic == .int8 ? try PackingSpace(for: weights, stageWeights) : nil
        let linear = { (layers: [LinearWeights]) throws(EncoderError) -> Linear in
            guard let space else { return .float32(Float32Linear(layers), openBLAS) }
            return .int8(try Int8Linear(layers, in: space))
        }
        weights.blocks.reverse()
        while let block = weights.blocks.popLast() {
            blocks.append(try Block(block, epsilon: configuration.normEpsilon, linear: linear))
        }
        self.blocks = blocks
        let firstStage = try stageWeights.map { weights throws(EncoderError) in
            try FirstStage(weights, linear: linear)
        }
        self.firstStage = firstStage
        transform = weights.transform.map { Float32Linear([$0]) }
        classifier = weights.classifier.map { Float32Linear([$0]) }
        let tokenCapacity = max(preferredTokenCount, configuration.maximumPositions)
        let threads = min(ThreadPool.shared.threads, configuration.headCount)
        let scratchBytes = Activations.byteCount(
            configuration,
            head: head,
            firstStage: firstStage,
            tokenCapacity: tokenCapacity,
            threads: threads
        )
        guard scratchBytes <= Self.scratchByteLimit else {
            throw .unavailable(
                "the model needs \(scratchBytes) bytes of scratch memory, the limit is \(Self.scratchByteLimit)"
            )
        }
        pool = SparePool {
            Activations(
                configuration,
                head: head,
                firstStage: firstStage,
                tokenCapacity: tokenCapacity,
                threads: threads
            )
        }
    }

    package func run(
        _ batch: TokenBatch,
        threads: Int,
        into output: inout EncoderOutput
    ) throws(EncoderError) {
        try batch.validate(for: configuration)
        output.embeddings.removeAll(keepingCapacity: true)
        output.logits.removeAll(keepingCapacity: true)
        pool.withObject { activations in
            forEachPart(of: batch) { part in
                run(part, threads, activations, into: &output)
            }
        }
        guard output.embeddings.allSatisfy(\.isFinite), output.logits.allSatisfy(\.isFinite) else { throw .notFinite }
    }

    /// Calls `body` with the sequences of `batch` in order, as many at once as the hardware uses well.
    func forEachPart(of batch: TokenBatch, _ body: (TokenBatch) -> Void) {
        guard batch.tokenCount > preferredTokenCount, batch.sequenceCount > 1 else { return body(batch) }
        var part = TokenBatch()
        for sequence in 0..<batch.sequenceCount {
            let range = batch.range(of: sequence)
            if part.tokenCount > 0, part.tokenCount + range.count > preferredTokenCount {
                body(part)
                part.removeAll()
            }
            part.append(ids: batch.ids[range], segmentIds: batch.segmentIds[range])
        }
        body(part)
    }

    private func run(
        _ batch: TokenBatch,
        _ threads: Int,
        _ activations: Activations,
        into output: inout EncoderOutput
    ) {
        let threads = min(threads, ThreadPool.shared.threads)
        forward(ForwardPass(backend: self, batch: batch, activations: activations, threads: threads))
        head(batch, activations)
        activations.pooled.append(batch.sequenceCount * configuration.hiddenSize, to: &output.embeddings)
        activations.logits.append(batch.sequenceCount * headConfiguration.outputCount, to: &output.logits)
    }
}
