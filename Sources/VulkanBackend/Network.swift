import Encoder
import Tensors

/// A linear layer in the arena.
enum Linear: Sendable {
    case int8(Int8Linear)
    case float32(Float32Linear)

    var inputs: Int {
        switch self {
        case .int8(let layer): layer.inputs
        case .float32(let layer): layer.inputs
        }
    }

    var outputs: Int {
        switch self {
        case .int8(let layer): layer.outputs
        case .float32(let layer): layer.outputs
        }
    }

    var int8: Int8Linear? {
        if case .int8(let layer) = self { layer } else { nil }
    }
}

/// The scale and shift of a layer norm.
struct Norm: Sendable {
    let scale, shift: Region
}

/// An embedding table.
struct Table: Sendable {
    enum Kind: UInt32 {
        case none = 0
        case float32 = 1
        /// Rows of bytes, padded to whole words, with a scale for each.
        case int8 = 2
    }

    let kind: Kind
    let values, scales: Region
}

/// One block of the network.
struct Block: Sendable {
    let queryKeyValue, attentionOutput: Linear
    let attentionNorm: Norm
    let feedForwardUp, feedForwardDown: Linear
    let outputNorm: Norm
}

/// The network's weights as the shaders read them.
struct Network: Sendable {
    let words, segments, positions: Table
    let embeddingNorm: Norm
    let blocks: [Block]
    let transform, classifier: Float32Linear?
    let stageDense: Linear?
    let stageOutput: Float32Linear?

    /// Adds all weights to `layout`.
    init(
        _ weights: EncoderWeights,
        firstStage: FirstStageWeights?,
        arithmetic: VulkanBackend.Arithmetic,
        in layout: inout ArenaLayout
    ) throws(EncoderError) {
        func norm(_ weights: NormWeights, _ layout: inout ArenaLayout) -> Norm {
            Norm(scale: layout.add(weights.scale), shift: layout.add(weights.shift))
        }
        func linear(_ layers: [LinearWeights], _ layout: inout ArenaLayout) throws(EncoderError) -> Linear {
            switch arithmetic {
            case .int8: .int8(try Int8Linear(layers, in: &layout))
            case .float32: .float32(Float32Linear(layers, in: &layout))
            }
        }
        words = try Table(weights.words, in: &layout)
        segments =
            try weights.segments.map { matrix throws(EncoderError) in try Table(matrix, in: &layout) }
            ?? Table(kind: .none, values: Region(offset: 0), scales: Region(offset: 0))
        positions = try Table(weights.positions, in: &layout)
        embeddingNorm = norm(weights.embeddingNorm, &layout)
        var blocks: [Block] = []
        for block in weights.blocks {
            blocks.append(
                Block(
                    queryKeyValue: try linear([block.query, block.key, block.value], &layout),
                    attentionOutput: try linear([block.attentionOutput], &layout),
                    attentionNorm: norm(block.attentionNorm, &layout),
                    feedForwardUp: try linear([block.feedForwardUp], &layout),
                    feedForwardDown: try linear([block.feedForwardDown], &layout),
                    outputNorm: norm(block.outputNorm, &layout)
                )
            )
        }
        self.blocks = blocks
        transform = weights.transform.map { Float32Linear([$0], in: &layout) }
        classifier = weights.classifier.map { Float32Linear([$0], in: &layout) }
        stageDense = try firstStage.map { stage throws(EncoderError) in try linear([stage.dense], &layout) }
        stageOutput = firstStage.map { Float32Linear([$0.output], in: &layout) }
    }
}
