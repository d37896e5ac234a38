import CommandSupport
import Testing
import TriageModel

@testable import TriageTraining

@Suite struct ThresholdChoiceTests {
    /// `scipy.stats.beta.ppf(1 - risk, wrong + 1, count - wrong)`.
    @Test(arguments: [
        (0, 10, 0.1, 0.2056717652757185), (0, 1000, 0.002, 0.0061953373622035315),
        (1, 20, 0.05, 0.2161061642068473), (3, 50, 0.002, 0.22219682986338452), (10, 500, 0.1, 0.030646552114497034),
        (100, 5000, 0.002, 0.02638618765186429), (49, 50, 0.1, 0.9978950082958632),
        (7, 8, 0.002, 0.9997497809761688), (0, 1, 0.1, 0.9), (2000, 100_000, 0.002, 0.021307619782136973),
    ])
    func upperBoundIsThatOfTheBetaDistribution(wrong: Int, count: Int, risk: Double, expected: Double) {
        #expect(abs(upperBound(wrong: wrong, of: count, risk: risk) - expected) < 1e-9 * expected)
    }

    @Test func upperBoundOfNothing() {
        #expect(upperBound(wrong: 0, of: 0, risk: 0.1) == 1 && upperBound(wrong: 5, of: 5, risk: 0.1) == 1)
    }

    /// A text of confidence c is right with the probability 0.6 + 0.4 c, so that the error rate above a threshold t is
    /// 0.2 (1 - t) whatever was drawn: the promise is broken in at most a tenth of the draws.
    @Test(arguments: [0.05, 0.18]) func thePromiseHoldsOfDraws(maximum: Double) {
        var generator = SplitMix64(seed: 11)
        let draws = 300
        var broken = 0, kept = 0
        for _ in 0..<draws {
            var confidences: [Float] = [], right: [Bool] = []
            for _ in 0..<400 {
                let confidence = Double.random(in: 0..<1, using: &generator)
                confidences.append(Float(confidence))
                right.append(Double.random(in: 0..<1, using: &generator) < 0.6 + 0.4 * confidence)
            }
            let choice = ThresholdChoice(
                confidences: confidences,
                right: right,
                rows: 400,
                target: .maximumError(maximum)
            )
            let rate = 0.2 * (1 - Double(choice.threshold))
            if rate > choice.promise.maximumError { broken += 1 }
            if choice.isKept {
                kept += 1
                #expect(choice.promise.maximumError == maximum)
            } else {
                #expect(choice.promise.maximumError > maximum)
            }
        }
        #expect(broken <= draws / 10, "\(broken) of \(draws)")
        // The bound is no idle one either.
        #expect(maximum == 0.05 || kept > draws / 2, "\(kept) of \(draws)")
    }

    /// A single candidate has all of the risk: its bound is broken in about a tenth of the draws.
    @Test func theRateAtACoverageHolds() {
        var generator = SplitMix64(seed: 5)
        let draws = 400
        var broken = 0
        for _ in 0..<draws {
            let right = (0..<300).map { _ in Double.random(in: 0..<1, using: &generator) < 0.9 }
            let confidences = (0..<300).map { _ in Float.random(in: 0..<1, using: &generator) }
            let choice = ThresholdChoice(confidences: confidences, right: right, rows: 300, target: .coverage(0.5))
            #expect(choice.isKept && choice.promise.decided == 150 && choice.promise.coverage == 0.5)
            #expect(confidences.count { $0 >= choice.threshold } == 150)
            if choice.promise.maximumError < 0.1 { broken += 1 }
        }
        #expect((draws / 25...draws * 13 / 100).contains(broken), "\(broken) of \(draws)")
    }

    @Test func tiesAreDecidedAlike() {
        let confidences = [Float](repeating: 0.9, count: 70) + [Float](repeating: 0.5, count: 30)
        let right = [Bool](repeating: true, count: 70) + [Bool](repeating: false, count: 30)
        let choice = ThresholdChoice(confidences: confidences, right: right, rows: 100, target: .maximumError(0.1))
        #expect(choice.isKept && choice.threshold == 0.9 && choice.promise.decided == 70 && choice.promise.wrong == 0)
        let covered = ThresholdChoice(confidences: confidences, right: right, rows: 100, target: .coverage(0.4))
        #expect(covered.threshold == 0.9 && covered.promise.decided == 70 && covered.promise.coverage == 0.7)
        let most = ThresholdChoice(confidences: confidences, right: right, rows: 100, target: .coverage(0.71))
        #expect(most.threshold == 0.5 && most.promise.decided == 100 && most.promise.wrong == 30)
    }

    @Test func whatCannotBePromisedIsNot() {
        let allWrong = ThresholdChoice(
            confidences: (0..<60).map { Float($0) / 60 },
            right: [Bool](repeating: false, count: 60),
            rows: 60,
            target: .maximumError(0.02)
        )
        #expect(!allWrong.isKept && allWrong.promise.maximumError == 1 && allWrong.promise.decided > 0)
        let few = ThresholdChoice(confidences: [0.9, 0.8], right: [true, true], rows: 2, target: .maximumError(0.02))
        #expect(!few.isKept && few.promise.decided == 2 && few.promise.maximumError > 0.9)
        for target in [DecisionTarget.maximumError(0.5), .coverage(0.5)] {
            let none = ThresholdChoice(confidences: [], right: [], rows: 10, target: target)
            #expect(!none.isKept && none.threshold == 1)
            #expect(none.promise.maximumError == 1 && none.promise.decided == 0 && none.promise.coverage == 0)
        }
    }

    /// Of 980 texts of one source a hundredth is wrong, of 40 of another half: on average over both a quarter.
    @Test func theRateIsKeptOnAverageOverSources() {
        let confidences = (0..<1020).map { 1 - Float($0) / 2000 }
        let isRare = (0..<1020).map { $0 >= 200 && $0 % 20 == 10 }
        let right = (0..<1020).map { isRare[$0] ? $0 % 40 == 10 : $0 % 100 != 7 }
        func choice(_ sources: [String?], _ maximum: Double) -> ThresholdChoice {
            ThresholdChoice(
                confidences: confidences,
                right: right,
                sources: sources,
                rows: 1020,
                target: .maximumError(maximum)
            )
        }
        let sources = isRare.map { $0 ? "rare" : "common" }
        #expect(choice(isRare.map { _ in nil }, 0.12).promise.decided == 1020)
        let average = choice(sources, 0.12)
        #expect(average.isKept && average.promise.decided < 250)
        #expect(choice(sources, 0.3).promise.decided == 1020)
        // The first 40 texts of all are of one source and wrong: no threshold helps it. Of 20 a share says too little.
        for (count, isKept) in [(40, false), (20, true)] {
            let bad = ThresholdChoice(
                confidences: confidences,
                right: (0..<1020).map { $0 >= count },
                sources: (0..<1020).map { $0 < count ? "rare" : "common" },
                rows: 1020,
                target: .maximumError(0.1)
            )
            #expect(bad.isKept == isKept && bad.promise.decided > 0)
        }
    }

    @Test func coverageThatStrangenessLeaves() {
        let confidences = (0..<90).map { Float($0) / 90 }
        let right = [Bool](repeating: true, count: 90)
        #expect(ThresholdChoice(confidences: confidences, right: right, rows: 100, target: .coverage(0.9)).isKept)
        let all = ThresholdChoice(confidences: confidences, right: right, rows: 100, target: .coverage(1))
        #expect(!all.isKept && all.promise.coverage == 0.9 && all.threshold == 0)
    }
}
