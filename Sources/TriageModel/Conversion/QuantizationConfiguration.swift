import StrictJSON

extension ModelConverter {
    /// The source's `config.json` with the storage of the new weights.
    func configuration(_ source: ModelFiles) -> JSONValue {
        var object = source.configuration.json
        object["quantization_config"] = storage.isQuantized ? quantization : nil
        object["dtype"] = nil
        object["torch_dtype"] =
            switch storage {
            case .float16: "float16"
            case .bfloat16: "bfloat16"
            case .float32, .int8, .int4Embeddings: "float32"
            }
        return .object(object)
    }

    /// In the terms of compressed-tensors: weights by output channel, activations by token at run time. What it has no
    /// word for, the smoothing of inputs, is stated beside it.
    private var quantization: JSONValue {
        let activations: JSONValue = .object([
            "num_bits": 8, "type": "int", "symmetric": false, "strategy": "token", "dynamic": true,
        ])
        return .object([
            "quant_method": "compressed-tensors",
            "format": storage == .int8 ? "int-quantized" : "mixed-precision",
            "quantization_status": "compressed",
            "config_groups": .object([
                "group_0": .object([
                    "targets": .array(["Linear"]),
                    "weights": weights(bits: 8),
                    "input_activations": activations,
                ]),
                "group_1": .object([
                    "targets": .array(["re:.*word_embeddings"]),
                    "weights": weights(bits: storage == .int8 ? 8 : 4),
                ]),
            ]),
            "ignore": .array(["classifier", "re:.*pooler.*", "pre_classifier"]),
            "input_smoothing": .string(
                "the input of a layer with a weight_smoothing tensor is multiplied by it before it is quantised"
            ),
        ])
    }

    private func weights(bits: Int) -> JSONValue {
        .object([
            "num_bits": JSONValue(bits), "type": "int", "symmetric": true, "strategy": "channel", "dynamic": false,
        ])
    }
}
