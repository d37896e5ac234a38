/// What the confidence in a label is computed from.
package struct HeadSignals: Sendable, Equatable {
    /// Logarithm of p / (1 - p), p the probability of the likeliest label.
    package let logOdds: Double
    /// Logarithm of the probability of the likeliest label over the next.
    package let gap: Double
    /// 0 on average over texts in scope, 1 a standard deviation of one of its two parts; 0 where there is no scope.
    package let strangeness: Double

    package init(logOdds: Double, gap: Double, strangeness: Double) {
        self.logOdds = logOdds
        self.gap = gap
        self.strangeness = strangeness
    }

    /// From at least one logit.
    package init(_ logits: [Float], temperature: Double, similarity: Float?, scope: HeadSettings.Scope?) {
        let greatest = Double(logits.max() ?? 0)
        let powers = logits.map { Calibration.exponential((Double($0) - greatest) / temperature) }
        self.init(logits, powers: powers, temperature: temperature, similarity: similarity, scope: scope)
    }

    /// `powers`: e to the power of what each logit exceeds the greatest by, over the temperature, as the softmax has them.
    init(
        _ logits: [Float],
        powers: [Double],
        temperature: Double,
        similarity: Float?,
        scope: HeadSettings.Scope?
    ) {
        var best = 0
        for index in logits.indices where logits[index] > logits[best] { best = index }
        var next = -Float.infinity, others = 0.0
        for index in logits.indices where index != best {
            next = max(next, logits[index])
            others += powers[index]
        }
        // One label alone is certain: as certain as the smallest probability that counts allows.
        logOdds = -Calibration.logarithm(max(others, 1e-30))
        gap = min((Double(logits[best]) - Double(next)) / temperature, 70)
        guard let scope, let similarity else {
            strangeness = 0
            return
        }
        strangeness = scope.strangeness(logit: logits[best], similarity: similarity)
    }
}

extension HeadSettings.Scope {
    package func strangeness(logit: Float, similarity: Float) -> Double {
        (self.logit.mean - Double(logit)) / self.logit.deviation
            + (self.similarity.mean - Double(similarity)) / self.similarity.deviation
    }

    /// The share of held-out texts in scope that are less strange, between the stored places in a straight line.
    package func share(of strangeness: Double) -> Float {
        guard strangeness > values[0] else { return Float(shares[0]) }
        var low = 0, high = values.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if values[middle] < strangeness { low = middle } else { high = middle }
        }
        guard low + 1 < values.count else { return Float(shares[low]) }
        let part = (strangeness - values[low]) / (values[low + 1] - values[low])
        return Float(shares[low] + part * (shares[low + 1] - shares[low]))
    }
}

extension HeadSettings.Confidence {
    package func probability(_ signals: HeadSignals) -> Float {
        let score = bias + logOdds * signals.logOdds + gap * signals.gap + strangeness * signals.strangeness
        return Float(1 / (1 + Calibration.exponential(-score)))
    }
}
