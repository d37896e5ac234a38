import CPUBackend
import Encoder
import Tensors

/// A small network with random weights, as a loader would hand it over.
struct TinyNetwork: Sendable {
    var configuration: EncoderConfiguration
    var head: HeadConfiguration
    /// Values between the layers of the first stage; nil for none.
    var firstStageSize: Int?
    private let names = TensorNames.bert(prefix: "")

    /// Sizes that are no multiples of the kernels' tiles.
    init(
        hiddenSize: Int = 40,
        headCount: Int = 5,
        intermediateSize: Int = 70,
        pooling: Pooling = .firstToken,
        outputCount: Int = 3,
        firstStageSize: Int? = nil
    ) throws {
        configuration = try EncoderConfiguration(
            vocabularySize: 60,
            maximumPositions: 48,
            segmentCount: 2,
            hiddenSize: hiddenSize,
            layerCount: 2,
            headCount: headCount,
            intermediateSize: intermediateSize,
            activation: .gelu,
            normEpsilon: 1e-12
        )
        head = HeadConfiguration(
            pooling: pooling,
            normalizesEmbedding: pooling == .mean,
            transform: pooling == .mean ? nil : .tanh,
            outputCount: outputCount
        )
        self.firstStageSize = firstStageSize
    }

    func backend(
        _ arithmetic: CPUBackend.Arithmetic,
        instructionSet: InstructionSet? = nil
    ) throws -> CPUBackend {
        try CPUBackend(
            configuration: configuration,
            head: head,
            weights: weights(),
            firstStage: firstStage(),
            arithmetic: arithmetic,
            instructionSet: instructionSet
        )
    }

    /// With one output more than the network has.
    func firstStage() throws -> FirstStageWeights? {
        guard let size = firstStageSize else { return nil }
        func layer(_ outputs: Int, _ inputs: Int, seed: Int) throws -> LinearWeights {
            let spread = 2 / Float(inputs).squareRoot()
            let values = Noise.floats(outputs * inputs, seed: seed).map { $0 * spread }
            return LinearWeights(
                weight: .float(Tensor(values, shape: try TensorShape([outputs, inputs]))),
                bias: Noise.floats(outputs, seed: seed + 1).map { $0 * 0.3 }
            )
        }
        return FirstStageWeights(
            dense: try layer(size, configuration.hiddenSize, seed: 101),
            output: try layer(head.outputCount + 1, size, seed: 103)
        )
    }

    func weights() throws -> EncoderWeights {
        var matrices: [String: WeightMatrix] = [:]
        for (index, tensor) in configuration.tensors(names: names, head: head).enumerated() {
            let isNorm = tensor.name.contains("LayerNorm")
            let columns = Float(tensor.shape.last ?? 1)
            let spread: Float =
                if isNorm {
                    0.2
                } else if tensor.kind == .table {
                    1
                } else {
                    tensor.shape.count == 1 ? 0.3 : 2 / columns.squareRoot()
                }
            let centre: Float = isNorm && tensor.name.hasSuffix("weight") ? 1 : 0
            let values = Noise.floats(tensor.shape.reduce(1, *), seed: index + 1).map { $0 * spread + centre }
            matrices[tensor.name] = .float(Tensor(values, shape: try TensorShape(tensor.shape)))
        }
        return try EncoderWeights(configuration: configuration, names: names, head: head) {
            name throws(EncoderError) in
            guard let matrix = matrices[name] else { throw .invalidWeights(name) }
            return matrix
        }
    }
}

/// One sequence of tokens.
struct TokenSequence: Sendable {
    var ids: [UInt32]
    var segmentIds: [UInt8]

    /// Random tokens; the second half is segment 1.
    static func random(length: Int, using generator: inout Noise.Generator) -> TokenSequence {
        TokenSequence(
            ids: (0..<length).map { _ in UInt32.random(in: 0..<60, using: &generator) },
            segmentIds: (0..<length).map { $0 < (length + 1) / 2 ? 0 : 1 }
        )
    }
}

extension EncoderBackend {
    /// The embedding of each sequence followed by its logits.
    func results(_ sequences: [TokenSequence], threads: Int = 1) throws(EncoderError) -> [[Float]] {
        var batch = TokenBatch()
        for sequence in sequences { batch.append(ids: sequence.ids, segmentIds: sequence.segmentIds) }
        var output = EncoderOutput()
        try run(batch, threads: threads, into: &output)
        let hidden = output.embeddings.count / max(sequences.count, 1)
        let outputs = output.logits.count / max(sequences.count, 1)
        return sequences.indices.map { row in
            let embedding = Array(output.embeddings[row * hidden..<(row + 1) * hidden])
            return embedding + Array(output.logits[row * outputs..<(row + 1) * outputs])
        }
    }

    /// What the first stage says of each sequence.
    func firstOutputs(_ sequences: [TokenSequence]) throws(EncoderError) -> [[Float]] {
        var batch = TokenBatch()
        for sequence in sequences { batch.append(ids: sequence.ids, segmentIds: sequence.segmentIds) }
        var outputs: [Float] = [.nan]
        try runFirstStage(batch, into: &outputs)
        let count = outputs.count / max(sequences.count, 1)
        return sequences.indices.map { Array(outputs[$0 * count..<($0 + 1) * count]) }
    }
}
