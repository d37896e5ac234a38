import Encoder

/// The steps of one forward pass. A step that prepares the input of a linear layer names the layer: where that computes
/// in integers, its input is quantised in the same step, and `apply` reads the quantised form.
struct ForwardPass {
    let backend: CPUBackend
    let batch: TokenBatch
    let activations: Activations

    private var kernels: Kernels { backend.kernels }
    private var tokens: Range<Int> { 0..<batch.tokenCount }

    func embed(into out: AlignedBuffer<Float>) {
        for sequence in 0..<batch.sequenceCount {
            kernels.embed(batch, range: batch.range(of: sequence), tables: backend.tables, to: out)
        }
    }

    /// `hidden` = the layer norm of `sum`, for `layer`.
    func norm(_ norm: Norm, for layer: Linear?) {
        kernels.layerNorm(
            activations.sum,
            rows: tokens,
            norm: norm,
            to: activations.hidden,
            for: layer?.int8,
            quantized: activations.quantized
        )
    }

    /// `context` = the attention of each sequence, for `layer`.
    func attend(for layer: Linear) {
        let headCount = backend.configuration.headCount
        for sequence in 0..<batch.sequenceCount {
            kernels.attention(
                activations.queryKeyValue,
                range: batch.range(of: sequence),
                heads: 0..<headCount,
                headCount: headCount,
                headSize: backend.configuration.hiddenSize / headCount,
                scratch: activations.attention,
                to: activations.context
            )
        }
        if let layer = layer.int8 {
            kernels.quantize(
                activations.context,
                rows: tokens,
                activation: nil,
                for: layer,
                to: activations.quantized
            )
        }
    }

    /// x = activation(x), for `layer`.
    func activate(_ x: AlignedBuffer<Float>, for layer: Linear) {
        let activation = backend.configuration.activation
        if let layer = layer.int8 {
            kernels.quantize(x, rows: tokens, activation: activation, for: layer, to: activations.quantized)
        } else {
            let columns = backend.configuration.intermediateSize
            kernels.finish(x, rows: tokens, columns: columns, activation: activation)
        }
    }

    /// out = x Wᵀ + b + residual. `residual` and `out` are different buffers.
    func apply(
        _ layer: Linear,
        to x: AlignedBuffer<Float>,
        adding residual: AlignedBuffer<Float>? = nil,
        into out: AlignedBuffer<Float>
    ) {
        switch layer {
        case .int8(let layer):
            kernels.linear(
                activations.quantized,
                rows: tokens.count,
                weights: layer,
                panels: 0..<layer.panelCount,
                residual: residual,
                to: out
            )
        case .float32(let layer, let openBLAS):
            if let openBLAS {
                openBLAS.multiply(
                    x,
                    rows: tokens.count,
                    by: layer.weights,
                    inputs: layer.inputs,
                    outputs: layer.outputs,
                    to: out
                )
            } else {
                layer.apply(x, rows: tokens.count, bias: layer.noBias, to: out, kernels: kernels)
            }
            kernels.finish(out, rows: tokens, columns: layer.outputs, bias: layer.bias, residual: residual)
        }
    }
}
