import CommandSupport
import Testing
import TriageModel

@testable import TriageTraining

@Suite struct HeadCalibrationTests {
    /// A number of a normal distribution, as a sum of twelve of a uniform one.
    private static func normal(_ generator: inout SplitMix64) -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
    }

    /// Texts whose label is drawn from the softmax of their logits, which are then multiplied by `factor`; of them
    /// `outside` are in no scope, with lower logits and similarities.
    private static func texts(_ count: Int, outside: Int = 0, factor: Double = 1, seed: UInt64 = 1) -> HeldOutTexts {
        var generator = SplitMix64(seed: seed)
        var logits: [Float] = [], similarities: [Float] = [], labels: [Int?] = []
        for text in 0..<count + outside {
            let isOutside = text >= count
            let row = (0..<3).map { _ in (isOutside ? 0.5 : 1.5) * normal(&generator) }
            let powers = row.map { exponential($0) }
            var drawn = Double.random(in: 0..<1, using: &generator) * powers.reduce(0, +)
            let label = powers.firstIndex { power in
                drawn -= power
                return drawn < 0
            }
            logits += row.map { Float($0 * factor) }
            similarities.append(Float((isOutside ? 0.3 : 0.6) + 0.1 * normal(&generator)))
            labels.append(isOutside ? nil : label ?? 2)
        }
        return HeldOutTexts(logits: logits, labelCount: 3, similarities: similarities, labels: labels)
    }

    @Test(arguments: [0.3, 1, 4]) func theTemperatureUndoesAFactor(factor: Double) {
        let texts = Self.texts(4000, factor: factor)
        let found = fittedTemperature(texts.logits, labels: texts.labels.compactMap(\.self), labelCount: 3)
        #expect(abs(found / factor - 1) < 0.08, "\(found), expected \(factor)")
    }

    /// Two logits 0 and 1: p is 1 / (1 + e^-1), and e^-1 / (1 + e^-1) at half the temperature of e^-2.
    @Test func logLossIsTheMeanOfLogarithms() {
        #expect(abs(logLoss([0, 1], labels: [1], labelCount: 2, temperature: 1) - 0.3132616875) < 1e-6)
        #expect(abs(logLoss([0, 1, 1, 0], labels: [0, 0], labelCount: 2, temperature: 0.5) - 1.1269280110) < 1e-6)
    }

    @Test func confidencesMeanWhatTheySay() {
        let texts = Self.texts(4000, factor: 2.5)
        let calibration = HeadCalibration(texts)
        let right = texts.labels.indices.map(texts.isRight)
        #expect(TrainingReport.calibrationError(calibration.confidences, right) < 0.02)
        // On texts that it was not fitted on as well.
        let others = Self.texts(4000, factor: 2.5, seed: 2)
        let confidences = others.labels.indices.map { text in
            calibration.confidence.probability(
                others.signals(of: text, temperature: calibration.temperature, scope: calibration.scope)
            )
        }
        #expect(TrainingReport.calibrationError(confidences, others.labels.indices.map(others.isRight)) < 0.03)
    }

    /// No logistic function of the signals is the probability where some texts have no right label, but the mean is kept.
    @Test func textsOutOfScopeLowerConfidences() {
        let texts = Self.texts(1500, outside: 500)
        let calibration = HeadCalibration(texts)
        let share = Float(texts.labels.indices.count { texts.isRight($0) }) / 2000
        #expect(abs(calibration.confidences.reduce(0, +) / 2000 - share) < 0.005)
        #expect(
            calibration.confidences[1500...].reduce(0, +) / 500 < calibration.confidences[..<1500].reduce(0, +) / 1500
        )
    }

    /// A distribution function: of texts in scope each tenth of the shares holds a tenth, and those outside lie above.
    @Test func strangenessIsUniformInScope() {
        let texts = Self.texts(3000, outside: 300)
        let calibration = HeadCalibration(texts)
        let others = Self.texts(3000, seed: 9)
        for (found, tolerance) in [
            (Array(calibration.outOfScope[..<3000]), 0.004),
            (
                others.labels.indices.map { text in
                    let signals = others.signals(of: text, temperature: 1, scope: calibration.scope)
                    return calibration.scope.share(of: signals.strangeness)
                }, 0.04
            ),
        ] {
            #expect(found.allSatisfy { (0...1).contains($0) })
            for step in 1...9 {
                let share = Double(found.count { Double($0) <= Double(step) / 10 }) / Double(found.count)
                #expect(abs(share - Double(step) / 10) < tolerance, "\(step): \(share)")
            }
        }
        let area = TrainingReport.areaUnderROC(calibration.outOfScope.map(Double.init), texts.labels.map { $0 == nil })
        #expect((area ?? 0) > 0.9)
        #expect(zip(calibration.scope.values, calibration.scope.values.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(calibration.scope.shares.first == 0 && calibration.scope.shares.last == 1)
    }

    /// Handfuls of texts, all right, all wrong, all alike, or with signals as far apart as they can be.
    @Test func fewAndStrangeTextsKeepConfidencesFinite() {
        var generator = SplitMix64(seed: 4)
        for round in 0..<60 {
            let count = 1 + round % 20
            let scale = [0.0, 1, 30, 3000][round % 4]
            let logits = (0..<count * 2).map { _ in Float(scale * Self.normal(&generator)) }
            let texts = HeldOutTexts(
                logits: logits,
                labelCount: 2,
                similarities: (0..<count).map { _ in round % 3 == 0 ? 0.5 : Float.random(in: -1...1, using: &generator)
                },
                labels: (0..<count).map { $0 == 0 ? 0 : $0 % 5 == 4 ? nil : Int.random(in: 0...1, using: &generator) }
            )
            let calibration = HeadCalibration(texts)
            let weights = calibration.confidence
            let all = [weights.bias, weights.logOdds, weights.gap, weights.strangeness, calibration.temperature]
            #expect(all.allSatisfy { $0.isFinite && abs($0) < 1000 }, "\(round): \(weights)")
            #expect(calibration.confidences.allSatisfy { (0...1).contains($0) })
        }
    }

    /// Without damping the fit ran away on these: hundreds of texts whose signals reach as far as they can.
    @Test func theFitOfConfidenceConverges() {
        var generator = SplitMix64(seed: 6)
        for _ in 0..<20 {
            let logits = (0..<600).map { _ in Float(40 * Self.normal(&generator)) }
            let texts = HeldOutTexts(
                logits: logits,
                labelCount: 2,
                similarities: (0..<300).map { _ in Float(Self.normal(&generator)) },
                labels: (0..<300).map { text in
                    guard Double.random(in: 0..<1, using: &generator) < 0.7 else { return nil }
                    return logits[2 * text] > logits[2 * text + 1] ? 0 : 1
                }
            )
            let calibration = HeadCalibration(texts)
            let mean = calibration.confidences.reduce(0, +) / 300
            let share = Float(texts.labels.indices.count { texts.isRight($0) }) / 300
            #expect(abs(mean - share) < 0.02, "\(mean) \(share)")
        }
    }

    @Test func areaUnderROC() {
        #expect(TrainingReport.areaUnderROC([0.1, 0.4, 0.35, 0.8], [false, false, true, true]) == 0.75)
        #expect(TrainingReport.areaUnderROC([1, 1, 1], [true, false, false]) == 0.5)
        #expect(TrainingReport.areaUnderROC([1, 2], [true, true]) == nil)
    }
}
