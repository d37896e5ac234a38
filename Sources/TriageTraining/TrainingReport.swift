package import StrictJSON
import TriageModel

/// How a model was trained and what its held-out texts say of it; part of its `triage.json`.
package struct TrainingReport: Sendable {
    package let json: JSONObject
    /// Texts in scope that were trained on.
    package let trained: Int
    package let labelCount: Int
    /// Of held-out texts in scope: the share whose likeliest label is right.
    package let accuracy: Double
    package let calibrationError: Double
    /// The share of the commonest label among them.
    package let commonestShare: Double
    /// Of how well strangeness tells texts out of scope; nil where the data has none.
    package let outOfScopeAUROC: Double?
    package let decision: ThresholdChoice

    init(
        _ trainer: ModelTrainer,
        _ data: LabelledData,
        _ validation: LabelledData?,
        encoder: TriageModel,
        sourceOfEncoder: ModelFiles,
        _ fit: ModelTrainer.Fit
    ) throws(ModelError) {
        let heldOut = fit.heldOut, inScope = heldOut.inScope
        let right = inScope.map(heldOut.isRight)
        accuracy = Double(right.count { $0 }) / Double(max(1, inScope.count))
        var counts: [Int: Int] = [:]
        for text in inScope { counts[heldOut.labels[text] ?? 0, default: 0] += 1 }
        commonestShare = Double(counts.values.max() ?? 0) / Double(max(1, inScope.count))
        calibrationError = Self.calibrationError(inScope.map { fit.calibration.confidences[$0] }, right)
        outOfScopeAUROC = Self.areaUnderROC(
            heldOut.labels.indices.map { Double(fit.calibration.outOfScope[$0]) },
            heldOut.labels.map { $0 == nil }
        )
        trained = fit.vectors.count
        labelCount = data.labels.count
        decision = fit.decision
        func file(_ data: LabelledData) -> JSONValue {
            let name = data.file.split(separator: "/").last.map(String.init) ?? data.file
            return .object([
                "file": .string(name), "sha256": .string(data.digest), "rows": JSONValue(data.texts.count),
            ])
        }
        var settings: JSONObject = [
            "seed": JSONValue(Int(trainer.seed)), "penalty": .number(fit.regression.penalty),
            "lexical_weight": JSONValue(fit.regression.lexicalWeight), "turned_away": .number(trainer.turnedAway),
        ]
        switch trainer.target {
        case .maximumError(let error): settings["max_error"] = .number(error)
        case .coverage(let share): settings["coverage"] = .number(share)
        }
        var figures: JSONObject = [
            "by": .string(validation == nil ? "cross-validation" : "held-out file"),
            "rows": JSONValue(heldOut.labels.count), "accuracy": .number(rounded(accuracy)),
            "calibration_error": .number(rounded(calibrationError)),
        ]
        if let outOfScopeAUROC { figures["out_of_scope_auroc"] = .number(rounded(outOfScopeAUROC)) }
        var json: JSONObject = [
            "data": .array([data, validation].compactMap(\.self).map(file)),
            "encoder": .object([
                "name": .string(sourceOfEncoder.name), "identity": .string(try sourceOfEncoder.identity()),
            ]),
            "settings": .object(settings), "figures": .object(figures),
        ]
        json["backend"] = .string(encoder.backend)
        self.json = json
    }

    /// The expected calibration error over the bins that evaluation uses (Guo et al., arXiv:1706.04599).
    static func calibrationError(_ confidences: [Float], _ right: [Bool]) -> Double {
        var sums = [(confidence: Double, right: Double)](repeating: (0, 0), count: KeyFigures.binCount)
        for (confidence, isRight) in zip(confidences, right) {
            let bin = KeyFigures.bin(of: confidence)
            sums[bin].confidence += Double(confidence)
            if isRight { sums[bin].right += 1 }
        }
        return sums.reduce(0) { $0 + abs($1.confidence - $1.right) } / Double(max(1, right.count))
    }

    /// The probability that a score of a positive exceeds one of a negative, ties counting half; nil where either is missing.
    static func areaUnderROC(_ scores: [Double], _ positive: [Bool]) -> Double? {
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        let positives = positive.count { $0 }, negatives = positive.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        var ranks = 0.0, index = 0
        while index < order.count {
            var end = index
            while end < order.count, scores[order[end]] == scores[order[index]] { end += 1 }
            let rank = Double(index + end + 1) / 2
            for place in index..<end where positive[order[place]] { ranks += rank }
            index = end
        }
        return (ranks - Double(positives * (positives + 1)) / 2) / Double(positives * negatives)
    }
}

/// To four decimals, as a file states a figure.
func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
