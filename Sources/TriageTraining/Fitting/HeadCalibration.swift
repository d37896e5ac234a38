package import TriageModel

/// What turns a head's logits into probabilities, confidences and decisions, all of it fitted on held-out texts.
package struct HeadCalibration: Sendable {
    package let temperature: Double
    package let scope: HeadSettings.Scope
    package let confidence: HeadSettings.Confidence
    /// Of each held-out text.
    package let confidences: [Float]
    package let outOfScope: [Float]

    package init(_ texts: HeldOutTexts) {
        let inScope = texts.inScope
        let logits = inScope.flatMap { texts.logits(of: $0) }
        let temperature = fittedTemperature(
            logits,
            labels: inScope.compactMap { texts.labels[$0] },
            labelCount: texts.labelCount
        )
        let scope = Self.scope(texts, inScope)
        let signals = texts.labels.indices.map { texts.signals(of: $0, temperature: temperature, scope: scope) }
        let confidence = Self.confidence(signals, right: texts.labels.indices.map(texts.isRight))
        self.temperature = temperature
        self.scope = scope
        self.confidence = confidence
        confidences = signals.map(confidence.probability)
        outOfScope = signals.map { scope.share(of: $0.strangeness) }
    }

    // MARK: Strangeness

    /// Where the stored distribution has a place: every twentieth, and the tail that thresholds lie in more finely.
    private static let shares =
        stride(from: 0.0, through: 0.9, by: 0.05).map(\.self) + [
            0.925, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 0.999, 1,
        ]

    private static func scope(_ texts: HeldOutTexts, _ inScope: [Int]) -> HeadSettings.Scope {
        var scope = HeadSettings.Scope(
            logit: moments(inScope.map { texts.logits(of: $0).max() ?? 0 }),
            similarity: moments(inScope.map { texts.similarities[$0] }),
            shares: shares,
            values: shares
        )
        let strangeness = inScope.map { text in
            scope.strangeness(logit: texts.logits(of: text).max() ?? 0, similarity: texts.similarities[text])
        }.sorted()
        scope.values = shares.map { share in
            let place = share * Double(strangeness.count - 1)
            let low = Int(place), part = place - Double(low)
            let high = min(low + 1, strangeness.count - 1)
            return strangeness[low] + part * (strangeness[high] - strangeness[low])
        }
        return scope
    }

    private static func moments(_ values: [Float]) -> HeadSettings.Moments {
        let count = Double(max(1, values.count))
        let mean = values.reduce(0.0) { $0 + Double($1) } / count
        let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        return HeadSettings.Moments(
            mean: mean,
            deviation: max(variance.squareRoot(), HeadSettings.Moments.leastDeviation)
        )
    }

    // MARK: Confidence

    /// A logistic regression of right or wrong on the signals, by Newton's method with steps that are halved until they lead
    /// downwards, without which it runs away where texts are few or their signals far apart; held to "the probability of the label"
    /// by as much as ten texts would, so that a handful of held-out texts cannot make it certain of anything.
    private static func confidence(_ signals: [HeadSignals], right: [Bool]) -> HeadSettings.Confidence {
        let prior = [0.0, 1, 0, 0], strength = 10.0
        var weights = prior
        func loss(_ weights: [Double]) -> Double {
            let held = zip(weights, prior).reduce(0) { $0 + strength / 2 * ($1.0 - $1.1) * ($1.0 - $1.1) }
            return zip(signals, right).reduce(held) { sum, text in
                let score = zip(weights, terms(text.0)).reduce(0) { $0 + $1.0 * $1.1 }
                return sum + max(0, text.1 ? -score : score) + logarithm(1 + exponential(-abs(score)))
            }
        }
        for _ in 0..<50 {
            var gradient = (0..<4).map { strength * (prior[$0] - weights[$0]) }
            var curvature = (0..<4).map { row in (0..<4).map { row == $0 ? strength : 0 } }
            for (signal, isRight) in zip(signals, right) {
                let x = terms(signal)
                let p = 1 / (1 + exponential(-zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 }))
                for row in 0..<4 {
                    gradient[row] += ((isRight ? 1 : 0) - p) * x[row]
                    for column in 0...row { curvature[row][column] += p * (1 - p) * x[row] * x[column] }
                }
            }
            for row in 0..<4 { for column in 0..<row { curvature[column][row] = curvature[row][column] } }
            let step = solved(curvature, gradient)
            let before = loss(weights)
            var length = 1.0, next = weights
            repeat {
                next = zip(weights, step).map { $0 + length * $1 }
                length /= 2
            } while length > 1e-6 && loss(next) > before
            weights = next
            if step.allSatisfy({ abs($0) < 1e-8 }) { break }
        }
        return HeadSettings.Confidence(bias: weights[0], logOdds: weights[1], gap: weights[2], strangeness: weights[3])
    }

    /// What the weights are multiplied by.
    private static func terms(_ signal: HeadSignals) -> [Double] {
        [1, signal.logOdds, signal.gap, signal.strangeness]
    }

    /// The x of a x = b for a symmetric positive definite matrix, by Gaussian elimination.
    private static func solved(_ a: [[Double]], _ b: [Double]) -> [Double] {
        var a = a, b = b
        for pivot in b.indices {
            for row in b.indices where row > pivot {
                let factor = a[row][pivot] / a[pivot][pivot]
                for column in b.indices { a[row][column] -= factor * a[pivot][column] }
                b[row] -= factor * b[pivot]
            }
        }
        for pivot in b.indices.reversed() {
            for column in b.indices where column > pivot { b[pivot] -= a[pivot][column] * b[column] }
            b[pivot] /= a[pivot][pivot]
        }
        return b
    }
}
