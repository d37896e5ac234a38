package import Encoder
import Parallelism

/// The first stage, ready to run.
final class FirstStage: Sendable {
    let dense: Linear
    let output: Float32Linear

    /// Values between the layers, and values that come out.
    var size: Int { dense.outputs }
    var outputCount: Int { output.outputs }

    init(
        _ weights: FirstStageWeights,
        linear: ([LinearWeights]) throws(EncoderError) -> Linear
    ) throws(EncoderError) {
        dense = try linear([weights.dense])
        output = Float32Linear([weights.output])
    }
}

extension CPUBackend {
    package func runFirstStage(_ batch: TokenBatch, into outputs: inout [Float]) throws(EncoderError) {
        guard let firstStage else { throw .invalidConfiguration("the model has no first stage") }
        try batch.validate(for: configuration)
        outputs.removeAll(keepingCapacity: true)
        pool.withObject { activations in
            forEachPart(of: batch) { part in
                apply(firstStage, to: part, activations)
                activations.stageOutputs.append(part.sequenceCount * firstStage.outputCount, to: &outputs)
            }
        }
        guard outputs.allSatisfy(\.isFinite) else { throw .notFinite }
    }

    /// `activations.stageOutputs` = W₂ GELU(W₁ m + b₁) + b₂ for each sequence, m the mean of its tokens' embeddings.
    private func apply(_ stage: FirstStage, to batch: TokenBatch, _ activations: Activations) {
        let pass = ForwardPass(backend: self, batch: batch, activations: activations, threads: 1)
        let sequences = 0..<batch.sequenceCount
        let means = activations.pooled, dense = activations.stageHidden

        pass.embed(into: activations.sum)
        pass.norm(embeddingNorm, for: nil)
        for sequence in sequences {
            let range = batch.range(of: sequence)
            kernels.mean(activations.hidden, range: range, columns: configuration.hiddenSize, row: sequence, of: means)
        }
        switch stage.dense {
        case .int8(let layer):
            kernels.quantize(means, rows: sequences, activation: nil, for: layer, to: activations.quantized)
            kernels.linear(
                activations.quantized,
                rows: sequences.count,
                weights: layer,
                panels: 0..<layer.panelCount,
                residual: nil,
                to: dense
            )
            kernels.finish(dense, rows: sequences, columns: layer.outputs, activation: .gelu)
        case .float32(let layer, _):
            // One row a sequence: what OpenBLAS would save is nothing.
            layer.apply(means, rows: sequences.count, activation: .gelu, to: dense, kernels: kernels)
        }
        stage.output.apply(dense, rows: sequences.count, to: activations.stageOutputs, kernels: kernels)
    }
}
