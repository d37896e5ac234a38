import CommandSupport
import Testing

@testable import TriageTraining

@Suite("Evaluation: bootstrap")
struct EvaluationBootstrapTests {
    @Test("SplitMix64 gives the published numbers")
    func generator() {
        // Of Vigna's splitmix64.c with the seed 1234567.
        var generator = SplitMix64(seed: 1_234_567)
        let numbers = (0..<3).map { _ in generator.next() }
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test("Percentiles lie between the nearest values, as numpy takes them")
    func percentiles() {
        let values = [1.0, 2, 4, 8, 16]
        #expect([0, 0.025, 0.5, 0.975, 1].map { Bootstrap.percentile($0, of: values) } == [1, 1.1, 4, 15.2, 16])
        #expect(Bootstrap.interval([nil, nil, 1]) == nil && Bootstrap.interval([]) == nil)
        #expect(Bootstrap.interval([nil, 3, 3]) == 3...3)
    }

    @Test("Seed and rows decide the intervals, not the threads")
    func threads() throws {
        let rows = try EvaluationSample.three.rows()
        let one = try Bootstrap(seed: 7, resamples: 60, threads: 1).keyFigures(of: [rows]).figures
        #expect(try Bootstrap(seed: 7, resamples: 60).keyFigures(of: [rows]).figures == one)
        #expect(try Bootstrap(seed: 8, resamples: 60).keyFigures(of: [rows]).figures != one)
    }

    @Test("Nine of ten right: the interval is that of the binomial distribution")
    func interval() throws {
        let sample = EvaluationSample(
            truth: (0..<400).map { $0 % 10 == 0 ? 1 : 0 },
            probabilities: Array(repeating: [0.9, 0.1], count: 400)
        )
        let figure = try #require(
            try Bootstrap(seed: 1).keyFigures(of: [sample.rows()]).figures[0][.accuracy]?.interval
        )
        // 0.9 ± 1.96 × √(0.9 × 0.1 / 400)
        #expect((figure.lowerBound - 0.8706).magnitude < 0.005 && (figure.upperBound - 0.9294).magnitude < 0.005)
    }

    @Test("Rows are drawn together: a model does not differ from itself")
    func paired() throws {
        let rows = try EvaluationSample.three.rows()
        let same = try Bootstrap(seed: 1, resamples: 50).keyFigures(of: [rows, rows])
        for key in KeyFigure.allCases {
            #expect(same.differences[key]?.value == 0 && same.differences[key]?.interval == 0...0)
        }
        var better = EvaluationSample.three
        better.probabilities = better.truth.map { truth in (0..<3).map { $0 == truth ? 0.8 : 0.1 } }
        let both = try Bootstrap(seed: 1, resamples: 50).keyFigures(of: [better.rows(), rows])
        #expect(isClose(both.differences[.accuracy]?.value, 1 - 0.5454545454545454))
        #expect((both.differences[.accuracy]?.interval?.lowerBound ?? 0) > 0)
    }
}
