import Foundation
import Testing

@testable import TriageModel

/// Logits to probabilities.
@Suite struct CalibrationTests {
    @Test func exponentialIsWithinTwoUnits() {
        for step in -7000...7000 {
            let x = Double(step) / 10 + 0.0137
            guard abs(x) < 700 else { continue }
            let exact = exp(x)
            #expect(abs(Calibration.exponential(x) - exact) <= 2 * exact.ulp, "\(x)")
        }
    }

    @Test func exponentialOutsideItsRange() {
        #expect(Calibration.exponential(-1e9) == Calibration.exponential(-700))
        #expect(Calibration.exponential(.infinity) == Calibration.exponential(700))
        #expect(Calibration.exponential(0) == 1)
    }

    @Test(arguments: [[0, 0], [1, 2, 3], [-50, 50, 49], [3e38, -3e38, 1], [1e-30, 0, -1e-30]] as [[Float]])
    func singleLabelsSumToOne(_ logits: [Float]) {
        for temperature in [0.1, 1, 7.5] as [Float] {
            let result = Calibration(problemType: .singleLabel, temperature: temperature).probabilities(of: logits)
            #expect(abs(result.reduce(0, +) - 1) < 1e-6)
            #expect(result.filter { (0...1).contains($0) }.count == logits.count)
            let best = logits.indices.max { logits[$0] < logits[$1] }
            #expect(result.max() == best.map { result[$0] })
        }
    }

    @Test func multiLabelsStandAlone() {
        let calibration = Calibration(problemType: .multiLabel, temperature: 2)
        let result = calibration.probabilities(of: [0, 2, -2, 1e30, -1e30])
        let expected: [Float] = [0.5, Float(1 / (1 + exp(-1.0))), Float(1 / (1 + exp(1.0))), 1, 0]
        #expect(largestDifference(result, expected) < 1e-7)
    }

    @Test func regressionIsLeftAlone() {
        let calibration = Calibration(problemType: .regression, temperature: 2)
        #expect(calibration.probabilities(of: [3.5, -2]) == [3.5, -2])
    }
}

extension Calibration {
    fileprivate func probabilities(of logits: [Float]) -> [Float] {
        var weights: [Double] = [], probabilities: [Float] = [7]
        self.probabilities(logits, weights: &weights, into: &probabilities)
        return probabilities
    }
}
