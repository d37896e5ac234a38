package import Encoder

/// What the steps of a pass have to do at least, by the labels of a profile: each operand read once and each result
/// written once, and the multiply-accumulates. What a cache holds already can make a step faster than its bytes allow.
package struct PassWork: Sendable {
    package struct Step: Sendable, Equatable {
        package let bytes: Int
        /// 0 where a step does something else.
        package let multiplyAccumulates: Int

        init(bytes: Int, multiplyAccumulates: Int = 0) {
            self.bytes = bytes
            self.multiplyAccumulates = multiplyAccumulates
        }
    }

    private let configuration: EncoderConfiguration
    private let head: HeadConfiguration
    /// Of a token's rows in the embedding tables.
    private let embeddingBytes: Int
    private let lengths: [Int]

    private var tokens: Int { lengths.reduce(0, +) }
    private var sequences: Int { lengths.count }

    /// `tableBytes`: of an element of each embedding table. `lengths`: tokens of each sequence of the batch.
    package init(configuration: EncoderConfiguration, head: HeadConfiguration, tableBytes: [Int], lengths: [Int]) {
        self.configuration = configuration
        self.head = head
        // An integer row comes with a scale.
        embeddingBytes = tableBytes.reduce(0) { $0 + $1 * configuration.hiddenSize + ($1 == 1 ? 4 : 0) }
        self.lengths = lengths
    }

    /// One step of this label, the mean of them where those of one label differ; nil for a label that is not known.
    package func step(_ label: String) -> Step? {
        let hidden = configuration.hiddenSize, intermediate = configuration.intermediateSize
        if label.hasPrefix("linear_") { return linear(label) }
        switch label {
        case "embed": return Step(bytes: tokens * (3 * 4 + embeddingBytes + 4 * hidden))
        case "layer_norm":
            // The quantised copy is of all but the last one.
            return Step(bytes: 8 * hidden + tokens * (8 * hidden + hidden + 8))
        case "quantize": return Step(bytes: tokens * (5 * (hidden + intermediate) / 2 + 8))
        case "activate": return Step(bytes: tokens * 8 * intermediate)
        case "attention", "attention_int8_dot", "attention_int8_float":
            let pairs = lengths.reduce(0) { $0 + $1 * $1 }
            return Step(bytes: tokens * 4 * 4 * hidden, multiplyAccumulates: 2 * pairs * hidden)
        case "pool": return Step(bytes: 4 * hidden * (tokens + sequences))
        case "head_linear": return headLinear
        case "finish_embedding": return Step(bytes: sequences * 8 * hidden)
        default: return nil
        }
    }

    private func linear(_ label: String) -> Step? {
        let hidden = configuration.hiddenSize, intermediate = configuration.intermediateSize
        let layers: [(inputs: Int, outputs: Int, addsResidual: Bool)] = [
            (hidden, 3 * hidden, false), (hidden, hidden, true),
            (hidden, intermediate, false), (intermediate, hidden, true),
        ]
        guard let layer = layers.first(where: { label.hasSuffix(" \($0.inputs) → \($0.outputs)") }) else { return nil }
        let isInteger = label.hasPrefix("linear_int8")
        // Integers come with a scale, a sum and a bias for each output and with two numbers for each row.
        let weights = layer.outputs * (isInteger ? layer.inputs + 12 : 4 * layer.inputs + 4)
        let row = isInteger ? layer.inputs + 8 : 4 * layer.inputs
        let results = 4 * layer.outputs * (layer.addsResidual ? 2 : 1)
        return Step(
            bytes: weights + tokens * (row + results),
            multiplyAccumulates: tokens * layer.inputs * layer.outputs
        )
    }

    private var headLinear: Step {
        let hidden = configuration.hiddenSize
        let outputs = (head.transform == nil ? [] : [hidden]) + (head.outputCount == 0 ? [] : [head.outputCount])
        let bytes = outputs.map { 4 * (hidden + 1) * $0 + sequences * 4 * (hidden + $0) }
        let products = outputs.map { sequences * hidden * $0 }
        let count = max(1, outputs.count)
        return Step(bytes: bytes.reduce(0, +) / count, multiplyAccumulates: products.reduce(0, +) / count)
    }
}

extension VulkanBackend {
    /// What the steps of a pass over `batch` have to do.
    package func work(of batch: TokenBatch) -> PassWork {
        let tables = [prepared.network.words, prepared.network.positions, prepared.network.segments]
        return PassWork(
            configuration: prepared.configuration,
            head: prepared.head,
            tableBytes: tables.map { table in
                switch table.kind {
                case .none: 0
                case .float32: 4
                case .int8: 1
                }
            },
            lengths: (0..<batch.sequenceCount).map { batch.range(of: $0).count }
        )
    }
}
