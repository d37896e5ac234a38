package import Encoder
import Parallelism

/// A linear layer of the network, by what reads the same input.
package struct LinearInput: Sendable, Hashable {
    package enum Layer: Sendable, CaseIterable {
        case queryKeyValue, attentionOutput, feedForwardUp, feedForwardDown
    }

    package let block: Int
    package let layer: Layer
}

/// Called with the input of a linear layer and its number of rows.
typealias LinearInputObserver = (LinearInput, AlignedBuffer<Float>, _ rows: Int) -> Void

extension CPUBackend {
    /// The largest magnitude that each input of each linear layer takes on over sequences of tokens: what smoothing
    /// needs (SmoothQuant, arXiv:2211.10438).
    package func inputMagnitudes(
        over sequences: [TokenBatch]
    ) throws(EncoderError) -> [LinearInput: [Float]] {
        var magnitudes: [LinearInput: [Float]] = [:]
        for batch in sequences {
            try batch.validate(for: configuration)
            try pool.withObject { activations throws(EncoderError) in
                guard batch.tokenCount <= activations.tokenCapacity else {
                    throw .invalidBatch(
                        "\(batch.tokenCount) tokens, at most \(activations.tokenCapacity) are measured at once"
                    )
                }
                let pass = ForwardPass(backend: self, batch: batch, activations: activations, threads: 1)
                forward(pass) { input, values, rows in
                    let columns =
                        input.layer == .feedForwardDown
                        ? self.configuration.intermediateSize : self.configuration.hiddenSize
                    var largest = magnitudes[input] ?? [Float](repeating: 0, count: columns)
                    var inputs: [Float] = []
                    values.append(rows * columns, to: &inputs)
                    for (index, value) in inputs.enumerated() {
                        largest[index % columns] = max(largest[index % columns], abs(value))
                    }
                    magnitudes[input] = largest
                }
            }
        }
        return magnitudes
    }
}
