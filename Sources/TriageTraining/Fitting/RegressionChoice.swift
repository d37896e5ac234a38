import CPUBackend
import CommandSupport

/// Chooses how a head is regularised, and what words count beside meaning, by what predicts held-out texts best.
struct RegressionChoice {
    /// More texts than these tell the candidates apart no better; a sample of so many is searched.
    private static let sampleSize = 3000
    private static let lexicalWeights: [Float] = [0, 0.4, 0.8]
    private static let penalties = [0.2, 0.1, 0.02]

    /// A setting with the mean logarithm of the probability that it gives the right labels of held-out texts, calibrated.
    struct Trial: Sendable {
        let regression: LogisticRegression
        let logLoss: Double
    }

    /// Every setting that was tried, best first. First the words' weight is chosen, then the penalty for that.
    static func trials(
        _ data: FittingData,
        openBLAS: OpenBLAS,
        using generator: inout SplitMix64,
        progress: () throws -> Void
    ) throws -> [Trial] {
        let order = data.labels.indices.shuffled(using: &generator)
        let sample = data.subset(Array(order.prefix(sampleSize)).sorted())
        let folds = CrossValidation(labels: sample.labels, labelCount: data.labelCount, folds: 2, using: &generator)
        var trials: [Trial] = []
        func attempt(_ lexicalWeight: Float, _ penalty: Double) throws {
            guard
                !trials.contains(where: {
                    $0.regression.lexicalWeight == lexicalWeight && $0.regression.penalty == penalty
                })
            else { return }
            let regression = LogisticRegression(penalty: penalty, lexicalWeight: lexicalWeight, maximumIterations: 25)
            let logits = try folds.predictions(sample, regression, openBLAS: openBLAS, progress: progress).logits
            let temperature = fittedTemperature(logits, labels: sample.labels, labelCount: data.labelCount)
            trials.append(
                Trial(
                    regression: LogisticRegression(penalty: penalty, lexicalWeight: lexicalWeight),
                    logLoss: logLoss(
                        logits,
                        labels: sample.labels,
                        labelCount: data.labelCount,
                        temperature: temperature
                    )
                )
            )
            trials.sort { $0.logLoss < $1.logLoss }
        }
        for lexicalWeight in lexicalWeights { try attempt(lexicalWeight, 0.05) }
        let best = trials[0].regression.lexicalWeight
        for penalty in penalties { try attempt(best, penalty) }
        return trials
    }
}

/// The mean of -log p of the right labels at a temperature.
func logLoss(_ logits: [Float], labels: [Int], labelCount: Int, temperature: Double) -> Double {
    let factor = Float(1 / temperature)
    var sum = 0.0
    for text in labels.indices {
        let row = logits[text * labelCount..<(text + 1) * labelCount]
        guard let greatest = row.max() else { continue }
        var powers: Float = 0
        for logit in row { powers += fastExponential((logit - greatest) * factor) }
        sum += Double(naturalLogarithm(powers) - (row[row.startIndex + labels[text]] - greatest) * factor)
    }
    return sum / Double(max(1, labels.count))
}

/// The temperature of the least log loss (Guo et al., arXiv:1706.04599), by golden-section search over its logarithm.
func fittedTemperature(_ logits: [Float], labels: [Int], labelCount: Int) -> Double {
    func loss(_ exponent: Double) -> Double {
        logLoss(logits, labels: labels, labelCount: labelCount, temperature: exponential(exponent))
    }
    let golden = (5.0.squareRoot() - 1) / 2
    var low = -4.0, high = 3.0
    var left = high - golden * (high - low), right = low + golden * (high - low)
    var leftLoss = loss(left), rightLoss = loss(right)
    while high - low > 1e-3 {
        if leftLoss < rightLoss {
            (high, right, rightLoss) = (right, left, leftLoss)
            left = high - golden * (high - low)
            leftLoss = loss(left)
        } else {
            (low, left, leftLoss) = (left, right, rightLoss)
            right = low + golden * (high - low)
            rightLoss = loss(right)
        }
    }
    return exponential((low + high) / 2)
}
