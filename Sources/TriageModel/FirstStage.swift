import Encoder
import ModelFormat
import Tensors

/// The first stage of a model with a fitted head: what the head will say of a text, estimated from the mean of the embeddings
/// of its tokens. Its outputs are a logit for each label, then the strangeness.
struct FirstStage: Sendable {
    private let settings: FirstStageSettings
    private let calibration: Calibration
    private let scope: HeadSettings.Scope
    private let labelCount: Int

    init(_ settings: FirstStageSettings, scope: HeadSettings.Scope, labelCount: Int) {
        self.settings = settings
        self.scope = scope
        self.labelCount = labelCount
        calibration = Calibration(problemType: .singleLabel, temperature: settings.temperature)
    }

    /// Fills in what row `row` of the stage's outputs says.
    func classify(
        _ outputs: [Float],
        row: Int,
        weights: inout [Double],
        into classification: inout Classification
    ) {
        let start = row * (labelCount + 1), end = start + labelCount
        classification.logits.removeAll(keepingCapacity: true)
        classification.logits.append(contentsOf: outputs[start..<end])
        calibration.probabilities(classification.logits, weights: &weights, into: &classification.probabilities)
        classification.confidence = classification.probabilities.max() ?? 0
        classification.outOfScope = scope.share(of: Double(outputs[end]))
        classification.nearestExample = nil
    }

    /// Whether what the first stage says of a text is the answer; never with less than `minimumConfidence`.
    func isSure(of classification: Classification, minimumConfidence: Float) -> Bool {
        classification.confidence >= max(settings.threshold, minimumConfidence)
            && classification.outOfScope.map { $0 <= settings.outOfScopeLimit } ?? false
    }
}

extension FirstStageWeights {
    /// Names in the weight file of the head.
    private enum TensorName {
        /// `[size][hidden size]` in 8 bits, a scale for each row, `[size][1]`, and `[size]`.
        static let denseWeight = "first_stage.dense.weight", denseScale = "first_stage.dense.weight_scale"
        static let denseBias = "first_stage.dense.bias"
        /// `[labels + 1][size]` and `[labels + 1]`.
        static let outputWeight = "first_stage.output.weight", outputBias = "first_stage.output.bias"
    }

    private static let greatestSize = 1 << 15

    /// Reads the stage of a head of `labelCount` labels over embeddings of `hiddenSize` values.
    init(_ file: WeightFile, labelCount: Int, hiddenSize: Int) throws(ModelError) {
        let reader = HeadTensors(file)
        let size = min(reader.rows(of: TensorName.denseWeight), Self.greatestSize)
        let dense = try reader.tensor(TensorName.denseWeight, [.int8], [size, hiddenSize])
        let scales = try reader.tensor(TensorName.denseScale, [.float32], [size, 1]).floats()
        let output = try reader.tensor(TensorName.outputWeight, [.float32], [labelCount + 1, size])
        self.init(
            dense: LinearWeights(
                weight: .int8(dense, scales: scales, smoothing: nil),
                bias: try reader.tensor(TensorName.denseBias, [.float32], [size]).floats()
            ),
            output: LinearWeights(
                weight: .float(output),
                bias: try reader.tensor(TensorName.outputBias, [.float32], [labelCount + 1]).floats()
            )
        )
    }
}
