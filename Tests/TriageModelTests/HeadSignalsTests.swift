import Foundation
import Testing

@testable import TriageModel

/// What a fitted head reads of a text beside its vector, and what it is sure of.
@Suite struct HeadSignalsTests {
    @Test func bucketsOfWordsAndPairs() {
        func buckets(_ ids: [UInt32], bits: Int) -> [Int] {
            var buckets: [Int] = []
            LexicalFeatures(bits: bits).forEach(in: ids) { buckets.append($0) }
            return buckets
        }
        // Computed apart, in arbitrary precision: models in use depend on them.
        #expect(buckets([101, 7592, 2088, 102], bits: 13) == [3452, 934, 6413, 3727, 4733, 323, 6018])
        #expect(buckets([101, 7592, 2088, 102], bits: 4) == [6, 1, 12, 7, 9, 0, 11])
        #expect(buckets([.max, 1, .max], bits: 20) == [400_520, 648_055, 491_750, 400_520, 505_696])
        #expect(buckets([], bits: 13).isEmpty && buckets([7], bits: 13).count == 1)
        #expect(buckets([5, 9], bits: 13) != buckets([9, 5], bits: 13))
        for bits in LexicalFeatures.bitRange {
            let all = buckets((0..<400).map { $0 &* 77 }, bits: bits)
            #expect(all.count == 799 && all.allSatisfy { (0..<1 << bits).contains($0) })
            #expect(Set(all).count > min(1 << bits, 500) * 3 / 4)
        }
    }

    /// From the smallest normal number to the largest, and close to 1, where the result is small.
    @Test func logarithmIsThatOfTheLibrary() {
        let significands = [1, 1.1, 1.3, 1.4142135623730951, 1.4142135623730954, 1.7, 1.9999999999999998]
        var values: [Double] = [1e-30, .leastNonzeroMagnitude, .leastNormalMagnitude / 3]
        for exponent in -1022...1023 {
            for significand in significands {
                values.append(Double(sign: .plus, exponent: exponent, significand: significand))
            }
        }
        for step in 0...2000 {
            values.append(1 + Double(step) * 1e-6)
            values.append(1 - Double(step) * 1e-6)
        }
        for value in values {
            let exact = log(value)
            #expect(abs(Calibration.logarithm(value) - exact) <= 4 * exact.ulp, "\(value)")
        }
    }

    private static let scope = HeadSettings.Scope(
        logit: .init(mean: 2, deviation: 0.5),
        similarity: .init(mean: 0.6, deviation: 0.1),
        shares: [0, 0.5, 0.5, 0.9, 1],
        values: [-2, 0, 0, 2, 3]
    )

    /// p = e² / (1 + e² + e^-2) for the logits 1, 2, 0 at temperature 0.5, for which p / (1 - p) = 1 / (e^-2 + e^-4).
    @Test func signalsOfThreeLabels() {
        let signals = HeadSignals([1, 2, 0], temperature: 0.5, similarity: 0.5, scope: Self.scope)
        #expect(abs(signals.logOdds + log(exp(-2.0) + exp(-4.0))) < 1e-12)
        #expect(signals.gap == 2)
        #expect(abs(signals.strangeness - 1) < 1e-6)
    }

    @Test func oneLabelIsSureOfItself() {
        let signals = HeadSignals([7], temperature: 1, similarity: nil, scope: Self.scope)
        #expect(abs(signals.logOdds - log(1e30)) < 1e-10 && signals.gap == 70 && signals.strangeness == 0)
    }

    @Test func manyEqualLabelsAreNot() {
        let signals = HeadSignals(
            [Float](repeating: 3, count: 1001),
            temperature: 2,
            similarity: 0.6,
            scope: Self.scope
        )
        #expect(abs(signals.logOdds + log(1000)) < 1e-9 && signals.gap == 0)
    }

    @Test(
        arguments: [[0, 0], [1e30, -1e30], [-1e38, 3e38, 1], [1e-38, 0], [.greatestFiniteMagnitude, -1]] as [[Float]]
    )
    func nothingIsInfinite(logits: [Float]) {
        let scopes = [
            HeadSettings.Scope(
                logit: .init(mean: 1e6, deviation: 1e-6),
                similarity: .init(mean: -1e6, deviation: 1e-6),
                shares: [0, 1],
                values: [1e6, 1e6]
            ), Self.scope,
        ]
        let confidences = [
            HeadSettings.Confidence(bias: 1e6, logOdds: -1e6, gap: 1e6, strangeness: 1e6),
            HeadSettings.Confidence(bias: -1e6, logOdds: 1e6, gap: 1e6, strangeness: -1e6),
        ]
        for temperature in [Double(Float.leastNormalMagnitude), 1, 1e30] {
            for scope in scopes {
                let signals = HeadSignals(logits, temperature: temperature, similarity: -1, scope: scope)
                #expect(signals.logOdds.isFinite && signals.gap.isFinite && signals.strangeness.isFinite)
                #expect((0...1).contains(scope.share(of: signals.strangeness)))
                for confidence in confidences { #expect((0...1).contains(confidence.probability(signals))) }
            }
        }
    }

    @Test func sharesLieBetweenTheirPlaces() {
        let scope = Self.scope
        let places: [(Double, Float)] = [
            (-9, 0), (-2, 0), (-1, 0.25), (0, 0.5), (1, 0.7), (2, 0.9), (2.5, 0.95), (3, 1), (99, 1),
        ]
        for (strangeness, share) in places {
            #expect(abs(scope.share(of: strangeness) - share) < 1e-6, "\(strangeness)")
        }
        var flat = scope
        flat.values = [1, 1, 1, 1, 1]
        #expect(flat.share(of: 1) == 0 && flat.share(of: 1.1) == 1)
    }
}
