import Encoder

/// What a family of checkpoints calls the sizes of its network in `config.json`, and what its classifiers add.
struct EncoderFamily: Sendable {
    let names: @Sendable (_ prefix: String) -> TensorNames
    /// Comes before the encoder's tensors in checkpoints with a head.
    let prefix: String
    let hiddenSize, layerCount, headCount, intermediateSize, activation: String
    /// Nil for a family without segments.
    let segmentCount: String?
    /// Nil for a family that does not say; then it is 1e-12.
    let normEpsilon: String?
    /// Of the dense layer before a classifier.
    let transform: Activation

    /// By `model_type`.
    static let all: [(modelType: String, family: EncoderFamily)] = [
        (
            "bert",
            EncoderFamily(
                names: TensorNames.bert,
                prefix: "bert.",
                hiddenSize: "hidden_size",
                layerCount: "num_hidden_layers",
                headCount: "num_attention_heads",
                intermediateSize: "intermediate_size",
                activation: "hidden_act",
                segmentCount: "type_vocab_size",
                normEpsilon: "layer_norm_eps",
                transform: .tanh
            )
        ),
        (
            "distilbert",
            EncoderFamily(
                names: TensorNames.distilBERT,
                prefix: "distilbert.",
                hiddenSize: "dim",
                layerCount: "n_layers",
                headCount: "n_heads",
                intermediateSize: "hidden_dim",
                activation: "activation",
                segmentCount: nil,
                normEpsilon: nil,
                transform: .relu
            )
        ),
    ]

    /// The family that `config.json` names.
    static func named(in fields: JSONFields) throws(ModelError) -> EncoderFamily {
        let modelType = try fields.string("model_type") ?? ""
        guard let found = all.first(where: { $0.modelType == modelType }) else {
            let supported = all.map(\.modelType).joined(separator: ", ")
            throw ModelError(
                path: fields.path,
                reason: "model type \"\(modelType)\" is not supported (supported: \(supported))"
            )
        }
        return found.family
    }

    func configuration(_ fields: JSONFields) throws(ModelError) -> EncoderConfiguration {
        let positions = try fields.string("position_embedding_type") ?? "absolute"
        guard positions == "absolute" else {
            throw ModelError(
                path: fields.path,
                reason: "position embeddings of type \"\(positions)\" are not supported"
            )
        }
        let vocabularySize = try fields.integer("vocab_size")
        let maximumPositions = try fields.integer("max_position_embeddings")
        let segments = if let segmentCount { try fields.integer(segmentCount) } else { 0 }
        let hidden = try fields.integer(hiddenSize)
        let layers = try fields.integer(layerCount)
        let heads = try fields.integer(headCount)
        let intermediate = try fields.integer(intermediateSize)
        let function = try activationFunction(fields)
        let epsilon = if let normEpsilon { try fields.number(normEpsilon, default: 1e-12) } else { 1e-12 }
        do throws(EncoderError) {
            return try EncoderConfiguration(
                vocabularySize: vocabularySize,
                maximumPositions: maximumPositions,
                segmentCount: segments,
                hiddenSize: hidden,
                layerCount: layers,
                headCount: heads,
                intermediateSize: intermediate,
                activation: function,
                normEpsilon: Float(epsilon)
            )
        } catch {
            throw ModelError(path: fields.path, reason: error.description)
        }
    }

    private func activationFunction(_ fields: JSONFields) throws(ModelError) -> Activation {
        switch try fields.string(activation) {
        case "gelu": return .gelu
        case "gelu_new", "gelu_pytorch_tanh": return .geluTanh
        case "relu": return .relu
        case let other:
            throw ModelError(
                path: fields.path,
                reason: "\"\(activation)\" is \(other.map { "\"\($0)\"" } ?? "missing"), expected gelu, gelu_new, "
                    + "gelu_pytorch_tanh or relu"
            )
        }
    }
}
