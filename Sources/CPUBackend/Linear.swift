import Encoder

/// A linear layer in one of the two arithmetics.
enum Linear: Sendable {
    case int8(Int8Linear)
    /// Through OpenBLAS, or where there is none through our own kernel, slowly and with the same bits everywhere.
    case float32(Float32Linear, OpenBLAS?)

    /// out = activation(x Wᵀ + b) + residual, for the first `rows` rows. `residual` and `out` are different buffers.
    func apply(
        _ x: AlignedBuffer<Float>,
        rows: Int,
        activation: Activation? = nil,
        adding residual: AlignedBuffer<Float>? = nil,
        to out: AlignedBuffer<Float>,
        kernels: Kernels,
        scratch: QuantizedActivations
    ) {
        switch self {
        case .int8(let layer):
            kernels.quantize(x, rows: rows, columns: layer.inputs, smoothing: layer.smoothing, to: scratch)
            kernels.linear(
                scratch,
                rows: rows,
                weights: layer,
                activation: activation,
                residual: residual,
                to: out
            )
        case .float32(let layer, let openBLAS):
            if let openBLAS {
                openBLAS.multiply(
                    x,
                    rows: rows,
                    by: layer.weights,
                    inputs: layer.inputs,
                    outputs: layer.outputs,
                    to: out
                )
            } else {
                layer.apply(x, rows: rows, bias: layer.noBias, to: out, kernels: kernels)
            }
            kernels.finish(
                out,
                rows: rows,
                columns: layer.outputs,
                bias: layer.bias,
                activation: activation,
                residual: residual
            )
        }
    }
}

/// The scale, shift and epsilon of a layer norm.
struct Norm: Sendable {
    let scale, shift: AlignedBuffer<Float>
    let epsilon: Float

    init(_ weights: NormWeights, epsilon: Float) {
        scale = AlignedBuffer(weights.scale)
        shift = AlignedBuffer(weights.shift)
        self.epsilon = epsilon
    }
}

/// One block of the network, ready to run.
struct Block: Sendable {
    let queryKeyValue, attentionOutput: Linear
    let attentionNorm: Norm
    let feedForwardUp, feedForwardDown: Linear
    let outputNorm: Norm

    init(
        _ weights: BlockWeights,
        epsilon: Float,
        linear: ([LinearWeights]) throws(EncoderError) -> Linear
    ) throws(EncoderError) {
        queryKeyValue = try linear([weights.query, weights.key, weights.value])
        attentionOutput = try linear([weights.attentionOutput])
        attentionNorm = Norm(weights.attentionNorm, epsilon: epsilon)
        feedForwardUp = try linear([weights.feedForwardUp])
        feedForwardDown = try linear([weights.feedForwardDown])
        outputNorm = Norm(weights.outputNorm, epsilon: epsilon)
    }
}
