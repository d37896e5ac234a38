import Encoder

/// Where what lies between the layers is in the arena, for one pass at a time.
struct Scratch: Sendable {
    /// `[tokens][hidden]`: the vectors between blocks, and a sublayer's output plus its input, before the layer norm.
    let hidden, sum: Region
    /// `[tokens][3 hidden]`: queries, keys and values of all heads.
    let queryKeyValue: Region
    /// `[tokens][hidden]`: the heads' outputs.
    let context: Region
    /// `[tokens][intermediate]`, in the place of the two before, which are not needed at the same time.
    let intermediate: Region
    /// Rows of signed bytes, padded to 16, and how each was quantised: the input of the linear layer at hand.
    let quantized, rowParameters: Region
    /// `[sequences][hidden]`: after pooling, and after the dense layer of the head.
    let pooled, transformed: Region
    /// `[sequences][size]`: between the layers of the first stage.
    let stageHidden: Region

    init(
        _ configuration: EncoderConfiguration,
        stageSize: Int,
        tokenCapacity: Int,
        in layout: inout ArenaLayout
    ) {
        let hiddenSize = configuration.hiddenSize, intermediateSize = configuration.intermediateSize
        hidden = layout.reserve(words: tokenCapacity * hiddenSize)
        sum = layout.reserve(words: tokenCapacity * hiddenSize)
        let shared = layout.reserve(words: tokenCapacity * max(4 * hiddenSize, intermediateSize))
        queryKeyValue = shared
        // A multiple of 256 bytes from there on, as the start is one: tokens come in multiples of 16 words or more.
        context = Region(offset: shared.offset + 4 * tokenCapacity * 3 * hiddenSize)
        intermediate = shared
        let widest = max(hiddenSize, intermediateSize)
        quantized = layout.reserve(words: tokenCapacity * ((widest + 15) / 16) * 4)
        rowParameters = layout.reserve(words: tokenCapacity * 2)
        pooled = layout.reserve(words: tokenCapacity * hiddenSize)
        transformed = layout.reserve(words: tokenCapacity * hiddenSize)
        stageHidden = layout.reserve(words: tokenCapacity * stageSize)
    }

    /// Words of 32 bits for each token.
    static func wordsPerToken(_ configuration: EncoderConfiguration, stageSize: Int) -> Int {
        let hidden = configuration.hiddenSize, intermediate = configuration.intermediateSize
        return 4 * hidden + max(4 * hidden, intermediate) + max(hidden, intermediate) / 4 + 8 + stageSize
    }
}
