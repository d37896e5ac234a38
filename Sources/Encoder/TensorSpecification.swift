/// One tensor a network needs. The list of them drives reading, checking, quantising and writing alike.
package struct TensorSpecification: Sendable, Equatable {
    /// What a tensor is for, which decides how it may be stored.
    package enum Kind: Sendable {
        /// Rows that are looked up: may be stored in any type, quantised by row.
        case table
        /// The matrix of a large linear layer, `[outputs][inputs]`: may be quantised by output.
        case linear
        /// Stays in floating point: biases, norms, and the head, whose cost is nothing and whose errors show.
        case plain
    }

    package let name: String
    package let shape: [Int]
    package let kind: Kind
}

extension EncoderConfiguration {
    /// Every tensor of the network with this head.
    package func tensors(names: TensorNames, head: HeadConfiguration) -> [TensorSpecification] {
        var list: [TensorSpecification] = []
        func add(_ name: String, _ shape: [Int], _ kind: TensorSpecification.Kind = .plain) {
            list.append(TensorSpecification(name: name, shape: shape, kind: kind))
        }
        func addNorm(_ name: String) {
            add(name + ".weight", [hiddenSize])
            add(name + ".bias", [hiddenSize])
        }
        func addLinear(_ name: String, _ outputs: Int, _ inputs: Int, _ kind: TensorSpecification.Kind = .linear) {
            add(name + ".weight", [outputs, inputs], kind)
            add(name + ".bias", [outputs])
        }
        add(names.words + ".weight", [vocabularySize, hiddenSize], .table)
        add(names.positions + ".weight", [maximumPositions, hiddenSize], .table)
        if segmentCount > 0 { add(names.segments + ".weight", [segmentCount, hiddenSize], .table) }
        addNorm(names.embeddingNorm)
        for layer in 0..<layerCount {
            let block = "\(names.block)\(layer)."
            for name in [names.query, names.key, names.value, names.attentionOutput] {
                addLinear(block + name, hiddenSize, hiddenSize)
            }
            addNorm(block + names.attentionNorm)
            addLinear(block + names.feedForwardUp, intermediateSize, hiddenSize)
            addLinear(block + names.feedForwardDown, hiddenSize, intermediateSize)
            addNorm(block + names.outputNorm)
        }
        if head.transform != nil { addLinear(names.transform, hiddenSize, hiddenSize, .plain) }
        if head.outputCount > 0 { addLinear(names.classifier, head.outputCount, hiddenSize, .plain) }
        return list
    }
}
