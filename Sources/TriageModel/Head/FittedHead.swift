package import CPUBackend
import Encoder
package import ModelFormat
import Tensors

/// A head fitted on the vectors of an encoder: labels from a text's vector and its words, how sure it may be of them, and
/// how unlike anything in training the text is.
package final class FittedHead: Sendable {
    /// Names in the weight file.
    package enum TensorName {
        /// `[labels][hidden size]` and `[labels]`.
        package static let classifierWeight = "classifier.weight", classifierBias = "classifier.bias"
        /// `[buckets][labels]`, and the inverse document frequency of each bucket, `[buckets]`.
        package static let lexicalWeight = "lexical.weight", lexicalFrequency = "lexical.frequency"
        /// `[examples][hidden size]` in 8 bits, and a scale for each, `[examples][1]`.
        package static let exampleWeight = "examples.weight", exampleScale = "examples.weight_scale"
    }

    package let settings: HeadSettings
    package let labelCount: Int
    /// Examples that it compares a text with.
    let exampleCount: Int
    private let embeddingHead: EmbeddingHead
    private let lexical: Lexical?
    private let calibration: Calibration

    fileprivate struct Lexical {
        let features: LexicalFeatures
        let weights, frequencies: [Float]
    }

    /// Checks and prepares the tensors of `file` for `labelCount` labels over vectors of `size` values.
    package init(
        _ file: WeightFile,
        settings: HeadSettings,
        labelCount: Int,
        size: Int,
        temperature: Float,
        instructionSet: InstructionSet?
    ) throws(ModelError) {
        let reader = HeadTensors(file)
        let weight = try reader.tensor(TensorName.classifierWeight, [.float32], [labelCount, size])
        let bias = try reader.tensor(TensorName.classifierBias, [.float32], [labelCount])
        if let bits = settings.lexicalBits {
            let features = LexicalFeatures(bits: bits)
            let types: [ElementType] = [.float16, .float32]
            lexical = Lexical(
                features: features,
                weights: try reader.tensor(TensorName.lexicalWeight, types, [features.bucketCount, labelCount])
                    .floats(),
                frequencies: try reader.tensor(TensorName.lexicalFrequency, [.float32], [features.bucketCount]).floats()
            )
        } else {
            lexical = nil
        }
        var examples: LinearWeights?
        if settings.scope != nil {
            let rows = reader.rows(of: TensorName.exampleWeight)
            let values = try reader.tensor(TensorName.exampleWeight, [.int8], [rows, size])
            let scales = try reader.tensor(TensorName.exampleScale, [.float32], [rows, 1]).floats()
            examples = LinearWeights(
                weight: .int8(values, scales: scales, smoothing: nil),
                bias: [Float](repeating: 0, count: scales.count)
            )
        }
        exampleCount = examples?.bias.count ?? 0
        do throws(EncoderError) {
            embeddingHead = try EmbeddingHead(
                classifier: LinearWeights(weight: .float(weight), bias: bias.floats()),
                examples: examples,
                instructionSet: instructionSet
            )
        } catch {
            throw ModelError(path: file.path, reason: error.description)
        }
        self.settings = settings
        self.labelCount = labelCount
        calibration = Calibration(problemType: .singleLabel, temperature: temperature)
    }

    /// Fills in what the head says of row `row` of `vectors`, `[rows][size]`, a text of these tokens.
    func classify(
        _ vectors: [Float],
        row: Int,
        ids: [UInt32],
        weights: inout [Double],
        into classification: inout Classification
    ) {
        let neighbour = embeddingHead.run(vectors, row: row, into: &classification.logits)
        lexical?.add(to: &classification.logits, ids: ids)
        calibration.probabilities(classification.logits, weights: &weights, into: &classification.probabilities)
        let signals = HeadSignals(
            classification.logits,
            powers: weights,
            temperature: Double(calibration.temperature),
            similarity: neighbour?.similarity,
            scope: settings.scope
        )
        classification.nearestExample = neighbour?.index
        classification.outOfScope = settings.scope?.share(of: signals.strangeness)
        classification.confidence = settings.confidence.probability(signals)
    }
}

extension FittedHead.Lexical {
    /// logits += the words' part: the bucket rows weighted by inverse document frequency, scaled to length 1 as a vector.
    func add(to logits: inout [Float], ids: [UInt32]) {
        var squares: Float = 0
        features.forEach(in: ids) { squares += frequencies[$0] * frequencies[$0] }
        guard squares > 0 else { return }
        let scale = 1 / squares.squareRoot(), count = logits.count
        features.forEach(in: ids) { bucket in
            let value = frequencies[bucket] * scale
            guard value != 0 else { return }
            for label in 0..<count { logits[label] += value * weights[bucket * count + label] }
        }
    }
}
