import Encoder

/// A linear layer in one of the two arithmetics.
enum Linear: Sendable {
    case int8(Int8Linear)
    /// Through OpenBLAS, or where there is none through our own kernel, slowly and with the same bits everywhere.
    case float32(Float32Linear, OpenBLAS?)

    var outputs: Int {
        switch self {
        case .int8(let layer): layer.outputs
        case .float32(let layer, _): layer.outputs
        }
    }
}

/// The scale, shift and epsilon of a layer norm.
final class Norm: Sendable {
    let scale, shift: AlignedBuffer<Float>
    let epsilon: Float

    init(_ weights: NormWeights, epsilon: Float) {
        scale = AlignedBuffer(weights.scale)
        shift = AlignedBuffer(weights.shift)
        self.epsilon = epsilon
    }
}

/// One block of the network, ready to run.
final class Block: Sendable {
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
