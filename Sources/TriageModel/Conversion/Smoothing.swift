import CPUBackend
import Encoder

/// SmoothQuant (Xiao et al., arXiv:2211.10438): moves the spread between the channels of an activation into the weights
/// that read it, where a scale an output absorbs it, and leaves the 8 bits of a token's activations to all channels.
enum Smoothing {
    /// For each linear weight the factors of its input, by channel: 1 / s, where s = (max|x| / max|w|)^½ moves half of
    /// the spread. Layers that read one input share their factors.
    static func factors(
        _ magnitudes: [LinearInput: [Float]],
        weights: EncoderWeights,
        names: TensorNames
    ) -> [String: [Float]] {
        var factors: [String: [Float]] = [:]
        for (input, activation) in magnitudes {
            let block = weights.blocks[input.block]
            let prefix = "\(names.block)\(input.block)."
            let readers: [(name: String, weights: LinearWeights)] =
                switch input.layer {
                case .queryKeyValue: [(names.query, block.query), (names.key, block.key), (names.value, block.value)]
                case .attentionOutput: [(names.attentionOutput, block.attentionOutput)]
                case .feedForwardUp: [(names.feedForwardUp, block.feedForwardUp)]
                case .feedForwardDown: [(names.feedForwardDown, block.feedForwardDown)]
                }
            let weight = largestByColumn(readers.map(\.weights.weight), columns: activation.count)
            let shared = zip(activation, weight).map { activation, weight in
                let factor = (weight / activation).squareRoot()
                return factor.isNormal ? min(max(factor, 1e-3), 1e3) : 1
            }
            for reader in readers { factors[prefix + reader.name + ".weight"] = shared }
        }
        return factors
    }

    private static func largestByColumn(_ matrices: [WeightMatrix], columns: Int) -> [Float] {
        var largest = [Float](repeating: 0, count: columns)
        for matrix in matrices {
            for (index, value) in matrix.floats().enumerated() {
                largest[index % columns] = max(largest[index % columns], abs(value))
            }
        }
        return largest
    }
}
