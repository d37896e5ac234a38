import CPUBackend
import CommandSupport
import ModelFormat
package import TriageModel

/// Makes a model of labelled texts: the encoder of another model with a head fitted on its vectors, calibrated on texts that
/// the fit has not seen, and thresholds that keep a target.
package struct ModelTrainer: Sendable {
    /// A part of the work, reported as it goes on.
    package enum Stage: Sendable, Equatable {
        case embedding(done: Int, of: Int)
        /// Settings tried so far.
        case choosing
        case crossValidating
        case fitting
        case writing
    }

    package var target = DecisionTarget.maximumError(0.02)
    /// The share of texts in scope that may be turned away as unlike anything in training.
    package var turnedAway = 0.01
    package var seed: UInt64 = 1
    package var threads: Int
    /// Whether the model carries the texts of its examples, by which it explains itself, and not their vectors alone.
    package var carriesTexts = true
    /// The routes where the model abstains; what the data says where nil.
    package var fallback = FallbackRoutes()
    /// The model's name; the last part of its path where nil.
    package var name: String?

    package init(threads: Int) { self.threads = threads }

    /// What a head is made of, before it is written.
    package struct Fit: Sendable {
        package let fitted: FittedModel
        package let regression: LogisticRegression
        package let calibration: HeadCalibration
        package let heldOut: HeldOutTexts
        package let decision: ThresholdChoice
        /// Numbers of the training texts in scope that the model carries.
        package let examples: [Int]
        /// Of the training texts in scope.
        package let vectors: TextFeatures
    }

    /// Trains on `data`, which has passed `DataCheck`, and writes the model into the directory `output`, which must not exist
    /// or be empty. Without `validation` the calibration rests on cross-validation; texts that the encoder itself was trained
    /// on need other texts to be calibrated by.
    /// Throws `ModelError`, `EncoderError` where there is no OpenBLAS, or what `progress` throws.
    package func train(
        _ data: LabelledData,
        validation: LabelledData? = nil,
        encoder: ModelFiles,
        to output: String,
        progress: (Stage) throws -> Void
    ) throws -> TrainingReport {
        if let validation {
            let numbers = try numbers(of: validation, among: data)
            guard numbers.contains(where: { $0 != nil }) else {
                throw ModelError(path: validation.file, reason: "holds no text in scope, so nothing to calibrate by")
            }
        }
        let openBLAS = try OpenBLAS.load()
        let writer = try TrainedModelWriter(encoder, to: output)
        do {
            let model = try writer.encoder()
            let fit = try fit(data, validation, model, openBLAS: openBLAS, progress: progress)
            try progress(.writing)
            let report = try TrainingReport(self, data, validation, encoder: model, sourceOfEncoder: encoder, fit)
            try writer.write(fit, report, labels: data.labels, texts: data, trainer: self)
            return report
        } catch {
            writer.discard()
            throw error
        }
    }

    private func fit(
        _ data: LabelledData,
        _ validation: LabelledData?,
        _ model: TriageModel,
        openBLAS: OpenBLAS,
        progress: (Stage) throws -> Void
    ) throws -> Fit {
        var generator = SplitMix64(seed: seed)
        let total = data.texts.count + (validation?.texts.count ?? 0)
        let (features, labels) = try read(data, of: data, model) { try progress(.embedding(done: $0, of: total)) }
        let inScope = labels.indices.filter { labels[$0] != nil }
        let training = FittingData(
            features: features.subset(inScope),
            labels: labels.compactMap(\.self),
            labelCount: data.labels.count
        )
        let trials = try RegressionChoice.trials(training, openBLAS: openBLAS, using: &generator) {
            try progress(.choosing)
        }
        let regression = trials[0].regression
        let examples = ExampleChoice(labels: training.labels, labelCount: training.labelCount, using: &generator)

        let heldOut: HeldOutTexts, fitted: FittedModel
        func judged(_ fitted: FittedModel, _ features: TextFeatures, _ labels: [Int?], _ texts: [LabelledText])
            -> HeldOutTexts
        {
            HeldOutTexts(
                logits: fitted.logits(of: features, openBLAS: openBLAS),
                labelCount: training.labelCount,
                similarities: examples.similarities(of: features, among: training, openBLAS: openBLAS),
                labels: labels,
                sources: texts.map(\.source)
            )
        }
        if let validation {
            fitted = try training.fit(regression, openBLAS: openBLAS) { try progress(.fitting) }
            let (features, labels) = try read(validation, of: data, model) {
                try progress(.embedding(done: data.texts.count + $0, of: total))
            }
            heldOut = judged(fitted, features, labels, validation.texts)
        } else {
            let split = CrossValidation(
                labels: training.labels,
                labelCount: training.labelCount,
                folds: training.labels.count > 5000 ? 3 : 5,
                using: &generator
            )
            let predictions = try split.predictions(training, regression, openBLAS: openBLAS) {
                try progress(.crossValidating)
            }
            fitted = try training.fit(regression, openBLAS: openBLAS) { try progress(.fitting) }
            let scale = Float(
                fitted.familiarity(with: training, openBLAS: openBLAS) / max(predictions.familiarity, 1e-6)
            )
            let inFolds = HeldOutTexts(
                logits: predictions.logits.map { $0 * scale },
                labelCount: training.labelCount,
                similarities: examples.similarities(of: training.features, among: training, openBLAS: openBLAS) {
                    split.fold[$0] == split.fold[$1]
                },
                labels: training.labels,
                sources: inScope.map { data.texts[$0].source }
            )
            // What is out of scope no fit has seen.
            let outside = labels.indices.filter { labels[$0] == nil }
            heldOut =
                inFolds
                + judged(fitted, features.subset(outside), outside.map { _ in nil }, outside.map { data.texts[$0] })
        }
        let calibration = HeadCalibration(heldOut)
        return Fit(
            fitted: fitted,
            regression: regression,
            calibration: calibration,
            heldOut: heldOut,
            decision: threshold(heldOut, calibration),
            examples: examples.indices,
            vectors: training.features
        )
    }

    private func threshold(_ heldOut: HeldOutTexts, _ calibration: HeadCalibration) -> ThresholdChoice {
        let kept = heldOut.labels.indices.filter { calibration.outOfScope[$0] <= Float(1 - turnedAway) }
        return ThresholdChoice(
            confidences: kept.map { calibration.confidences[$0] },
            right: kept.map(heldOut.isRight),
            sources: kept.map { heldOut.sources[$0] },
            rows: heldOut.labels.count,
            target: target
        )
    }

    /// The number of each text's label among those of `training`; nil for one out of scope.
    /// Throws where there is a label that is not among them.
    private func numbers(of data: LabelledData, among training: LabelledData) throws(ModelError) -> [Int?] {
        let numbers = Dictionary(uniqueKeysWithValues: training.labels.enumerated().map { ($1.name, $0) })
        if let unknown = data.texts.first(where: { numbers[$0.label] == nil && !data.isOutOfScope($0) }) {
            throw ModelError(
                path: data.file,
                reason:
                    "\(data.rowUnit.rawValue) \(unknown.row): label \(unknown.label.debugDescription) is not among those "
                    + "trained on"
            )
        }
        return data.texts.map { numbers[$0.label] }
    }

    /// What a head reads of the texts of `data`, and the number of each one's label among those of `training`.
    private func read(
        _ data: LabelledData,
        of training: LabelledData,
        _ model: TriageModel,
        progress: (Int) throws -> Void
    ) throws -> (TextFeatures, [Int?]) {
        let numbers = try numbers(of: data, among: training)
        let features = try TextFeatures(
            of: data.texts.map(\.text),
            by: model,
            lexical: LexicalFeatures(bits: lexicalBits(labelCount: training.labels.count)),
            threads: threads,
            progress: progress
        )
        // What classification refuses is not learnt from either.
        if let blank = data.texts.indices.first(where: { features.tokenCount(of: $0) <= model.emptyTokenCount }) {
            throw ModelError(
                path: data.file,
                reason: "\(data.rowUnit.rawValue) \(data.texts[blank].row): the text holds nothing that the model reads"
            )
        }
        return (features, numbers)
    }

    /// 8,192 buckets, which tell words apart as well as four times as many do; fewer where there are so many labels that the
    /// table would become large.
    private func lexicalBits(labelCount: Int) -> Int {
        labelCount <= 512 ? 13 : labelCount <= 2048 ? 11 : 9
    }
}
