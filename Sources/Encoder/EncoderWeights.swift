package import Tensors

/// A matrix of weights as it is stored.
package enum WeightMatrix: Sendable {
    /// F32, F16 or BF16.
    case float(Tensor)
    /// Symmetric 8-bit integers, one scale a row. Where `smoothing` is given (one factor a column), the rows were
    /// divided by it and the input is to be multiplied by it before it is quantised (SmoothQuant, arXiv:2211.10438).
    case int8(Tensor, scales: [Float], smoothing: [Float]?)
    /// Symmetric 4-bit integers, two a byte, low half first, stored plus 8; one scale a row.
    case int4(Tensor, columns: Int, scales: [Float])

    package var rowCount: Int {
        switch self {
        case .float(let tensor), .int8(let tensor, _, _), .int4(let tensor, _, _): tensor.rowCount
        }
    }

    package var columnCount: Int {
        switch self {
        case .float(let tensor), .int8(let tensor, _, _): tensor.rowLength
        case .int4(_, let columns, _): columns
        }
    }

    /// The values that the stored matrix stands for, row-major.
    package func floats() -> [Float] {
        switch self {
        case .float(let tensor): return tensor.floats()
        case .int8(let tensor, let scales, let smoothing):
            var values = tensor.floats()
            let columns = tensor.rowLength
            for row in 0..<tensor.rowCount {
                for column in 0..<columns {
                    values[row * columns + column] *= scales[row] * (smoothing?[column] ?? 1)
                }
            }
            return values
        case .int4(let tensor, let columns, let scales):
            let bytes = tensor.floats()
            return (0..<tensor.rowCount).flatMap { row in
                (0..<columns).map { column in
                    let byte = Int(bytes[row * tensor.rowLength + column / 2])
                    return Float((column % 2 == 0 ? byte & 15 : byte >> 4) - 8) * scales[row]
                }
            }
        }
    }
}

/// y = x Wᵀ + b.
package struct LinearWeights: Sendable {
    package let weight: WeightMatrix
    package let bias: [Float]

    package init(weight: WeightMatrix, bias: [Float]) {
        self.weight = weight
        self.bias = bias
    }
}

/// The scale and shift of a layer norm.
package struct NormWeights: Sendable {
    package let scale: [Float]
    package let shift: [Float]
}

/// One block of the encoder.
package struct BlockWeights: Sendable {
    package let query, key, value, attentionOutput: LinearWeights
    package let attentionNorm: NormWeights
    package let feedForwardUp, feedForwardDown: LinearWeights
    package let outputNorm: NormWeights
}

/// The first stage, which reads the mean of the embeddings of a text's tokens, before any block: a dense layer, GELU, and a
/// linear layer.
package struct FirstStageWeights: Sendable {
    package let dense, output: LinearWeights

    package init(dense: LinearWeights, output: LinearWeights) {
        self.dense = dense
        self.output = output
    }
}

/// All weights of a network, as views of the loaded file.
package struct EncoderWeights: Sendable {
    package let words, positions: WeightMatrix
    package let segments: WeightMatrix?
    package let embeddingNorm: NormWeights
    /// A backend takes them out one by one as it prepares them, so that not all are in memory twice.
    package var blocks: [BlockWeights]
    package let transform: LinearWeights?
    package let classifier: LinearWeights?

    /// Assembles the weights from matrices by name. The caller has checked them against `configuration.tensors`.
    package init(
        configuration: EncoderConfiguration,
        names: TensorNames,
        head: HeadConfiguration,
        matrix: (String) throws(EncoderError) -> WeightMatrix
    ) throws(EncoderError) {
        func linear(_ name: String) throws(EncoderError) -> LinearWeights {
            LinearWeights(weight: try matrix(name + ".weight"), bias: try matrix(name + ".bias").floats())
        }
        func norm(_ name: String) throws(EncoderError) -> NormWeights {
            NormWeights(
                scale: try matrix(name + ".weight").floats(),
                shift: try matrix(name + ".bias").floats()
            )
        }
        words = try matrix(names.words + ".weight")
        positions = try matrix(names.positions + ".weight")
        segments = configuration.segmentCount > 0 ? try matrix(names.segments + ".weight") : nil
        embeddingNorm = try norm(names.embeddingNorm)
        var blocks: [BlockWeights] = []
        for layer in 0..<configuration.layerCount {
            let block = "\(names.block)\(layer)."
            blocks.append(
                BlockWeights(
                    query: try linear(block + names.query),
                    key: try linear(block + names.key),
                    value: try linear(block + names.value),
                    attentionOutput: try linear(block + names.attentionOutput),
                    attentionNorm: try norm(block + names.attentionNorm),
                    feedForwardUp: try linear(block + names.feedForwardUp),
                    feedForwardDown: try linear(block + names.feedForwardDown),
                    outputNorm: try norm(block + names.outputNorm)
                )
            )
        }
        self.blocks = blocks
        transform = head.transform != nil ? try linear(names.transform) : nil
        classifier = head.outputCount > 0 ? try linear(names.classifier) : nil
    }
}
