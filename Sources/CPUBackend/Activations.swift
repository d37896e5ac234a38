import Encoder

/// All scratch memory of one forward pass, for at most `tokenCapacity` tokens and as many sequences. Used by one call at
/// a time.
final class Activations: Sendable {
    let tokenCapacity: Int
    /// `[tokens][hidden]`: the vectors between blocks.
    let hidden: AlignedBuffer<Float>
    /// `[tokens][hidden]`: a sublayer's output plus its input, before the layer norm.
    let sum: AlignedBuffer<Float>
    /// `[tokens][3 hidden]`: queries, keys and values of all heads.
    let queryKeyValue: AlignedBuffer<Float>
    /// `[tokens][hidden]`: the heads' outputs.
    let context: AlignedBuffer<Float>
    /// `[tokens][intermediate]`
    let intermediate: AlignedBuffer<Float>
    /// The input of the linear layer at hand.
    let quantized: QuantizedActivations
    /// One for each thread that attends at the same time.
    let attention: [AlignedBuffer<Float>]
    /// `[sequences][hidden]`
    let pooled: AlignedBuffer<Float>
    /// `[sequences][hidden]`: after the dense layer of the head.
    let transformed: AlignedBuffer<Float>
    /// `[sequences][size]`: between the layers of the first stage, and `[sequences][outputs]`: after them.
    let stageHidden, stageOutputs: AlignedBuffer<Float>
    /// `[sequences][outputs]`
    let logits: AlignedBuffer<Float>

    init(
        _ configuration: EncoderConfiguration,
        head: HeadConfiguration,
        firstStage: FirstStage?,
        tokenCapacity: Int,
        threads: Int
    ) {
        let hiddenSize = configuration.hiddenSize
        self.tokenCapacity = tokenCapacity
        hidden = AlignedBuffer(count: tokenCapacity * hiddenSize)
        sum = AlignedBuffer(count: tokenCapacity * hiddenSize)
        queryKeyValue = AlignedBuffer(count: tokenCapacity * 3 * hiddenSize)
        context = AlignedBuffer(count: tokenCapacity * hiddenSize)
        intermediate = AlignedBuffer(count: tokenCapacity * configuration.intermediateSize)
        quantized = QuantizedActivations(
            rowCapacity: tokenCapacity,
            columnCapacity: max(hiddenSize, configuration.intermediateSize)
        )
        let attentionCount = Self.attentionCount(configuration, tokenCapacity: tokenCapacity)
        attention = (0..<threads).map { _ in AlignedBuffer(count: attentionCount) }
        pooled = AlignedBuffer(count: tokenCapacity * hiddenSize)
        transformed = AlignedBuffer(count: head.transform == nil ? 0 : tokenCapacity * hiddenSize)
        stageHidden = AlignedBuffer(count: tokenCapacity * (firstStage?.size ?? 0))
        stageOutputs = AlignedBuffer(count: tokenCapacity * (firstStage?.outputCount ?? 0))
        logits = AlignedBuffer(count: tokenCapacity * head.outputCount)
    }
}

extension Activations {
    private static func attentionCount(_ configuration: EncoderConfiguration, tokenCapacity: Int) -> Int {
        Kernels.attentionScratch(
            tokens: min(tokenCapacity, configuration.maximumPositions),
            headSize: configuration.hiddenSize / configuration.headCount
        )
    }

    /// Bytes that an object of these sizes takes; the configuration's limits keep the product from overflowing.
    static func byteCount(
        _ configuration: EncoderConfiguration,
        head: HeadConfiguration,
        firstStage: FirstStage?,
        tokenCapacity: Int,
        threads: Int
    ) -> Int {
        let columns =
            8 * configuration.hiddenSize + 2 * configuration.intermediateSize + head.outputCount
            + (firstStage.map { $0.size + $0.outputCount } ?? 0)
        let attentionCount = attentionCount(configuration, tokenCapacity: tokenCapacity)
        return (tokenCapacity * columns + threads * attentionCount) * MemoryLayout<Float>.stride
    }
}
