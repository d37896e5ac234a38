import Testing

@testable import TriageModel
@testable import TriageTraining

/// Expected values by scikit-learn 1.9 (`accuracy_score`, `f1_score`, `precision_recall_fscore_support`, `brier_score_loss`
/// without halving, `roc_auc_score`, `roc_curve`) on the rows in scope, and by numpy for what it lacks.
@Suite("Evaluation: figures")
struct EvaluationFiguresTests {
    struct Reference: Sendable {
        let sample: EvaluationSample
        let key: [KeyFigure: Double]
        let brier, area, falsePositives: Double
        let precision, recall, f1: [Double?]
    }

    static let references = [
        Reference(
            sample: .three,
            key: [
                .accuracy: 0.5454545454545454, .macroF1: 0.4706349206349206, .calibrationError: 0.1427272727272727,
                .outOfScopeArea: 0.9204545454545454, .coverage: 0.7, .answeredError: 0.5714285714285714,
            ],
            brier: 0.5868090909090911,
            area: 0.5842495534128515,
            falsePositives: 0.22727272727272727,
            precision: [0.25, 0.72727273, 0.42857143],
            recall: [0.25, 0.8, 0.375],
            f1: [0.25, 0.76190476, 0.4]
        ),
        Reference(
            sample: .two,
            key: [
                .accuracy: 0.8888888888888888, .macroF1: 0.8831168831168831, .calibrationError: 0.16166666666666665,
                .outOfScopeArea: 0.6805555555555556, .coverage: 0.625, .answeredError: 0.2,
            ],
            brier: 0.26929999999999993,
            area: 0.3807820808572718,
            falsePositives: 0.7222222222222222,
            precision: [1, 0.75],
            recall: [0.83333333, 1],
            f1: [0.90909091, 0.85714286]
        ),
        Reference(
            sample: .five,
            key: [
                .accuracy: 0.36666666666666664, .macroF1: 0.28974358974358977, .calibrationError: 0.25166666666666665,
                .outOfScopeArea: 0.5333333333333333, .coverage: 0.725, .answeredError: 0.6896551724137931,
            ],
            brier: 0.8282133333333334,
            area: 0.790170274504903,
            falsePositives: 0.8,
            precision: [0.42857143, 0.66666667, 0, 0.5, 0],
            recall: [0.23076923, 0.57142857, 0, 0.57142857, nil],
            f1: [0.3, 0.61538462, 0, 0.53333333, 0]
        ),
    ]

    @Test("Figures are those of scikit-learn", arguments: references)
    func reference(_ reference: Reference) throws {
        let figures = try reference.sample.figures()
        for (key, expected) in reference.key {
            #expect(isClose(figures[key].value, expected), "\(key): \(String(describing: figures[key].value))")
        }
        #expect(isClose(figures.reliability.brier.value, reference.brier))
        #expect(isClose(figures.coverageCurve.area.value, reference.area))
        #expect(isClose(figures.outOfScope?.falsePositiveRateAt95.value, reference.falsePositives))
        #expect(zip(figures.classes.map(\.precision.value), reference.precision).allSatisfy { isClose($0, $1) })
        #expect(zip(figures.classes.map(\.recall.value), reference.recall).allSatisfy { isClose($0, $1) })
        #expect(zip(figures.classes.map(\.f1.value), reference.f1).allSatisfy { isClose($0, $1) })
    }

    @Test("The order of the rows changes nothing, equal confidences or not", arguments: 1...5 as ClosedRange<UInt64>)
    func order(seed: UInt64) throws {
        let before = try EvaluationSample.two.figures(), after = try EvaluationSample.two.permuted(seed: seed).figures()
        #expect(isClose(before.coverageCurve.area.value, after.coverageCurve.area.value ?? -1))
        #expect(before.outOfScope == after.outOfScope && before.confusion == after.confusion)
        for key in KeyFigure.allCases { #expect(isClose(before[key].value, after[key].value ?? -1)) }
    }

    @Test("Confusions come most often first")
    func confusion() throws {
        let matrix = try EvaluationSample.three.figures().confusion
        #expect(matrix.counts == [[1, 0, 3, 0], [1, 8, 1, 0], [2, 3, 3, 0]])
        #expect(matrix.confusions.map(\.count) == [3, 3, 2, 1, 1])
        #expect(matrix.confusions.first == .init(expected: "a", given: "c", count: 3))
    }

    @Test("Wrong queries are those in scope with a wrong label and those out of scope with an answer")
    func wrong() throws {
        let figures = try EvaluationSample.two.figures()
        #expect(figures.wrong.map(\.row) == [19, 20, 17, 22])
        #expect(figures.wrong.map(\.expected) == ["a", "a", "oos", "oos"])
        #expect(figures.wrong.allSatisfy { $0.given != nil } && figures.wrong[1].confidence == Double(Float(0.74)))
    }

    @Test("Lengths and sources hold the rows and accuracies of theirs")
    func groups() throws {
        var sample = EvaluationSample.two
        sample.sources = sample.truth.indices.map { $0 < 12 ? "x" : "y" }
        let figures = try sample.figures()
        #expect(figures.lengths.map(\.rows) == [4, 4, 8, 8, 0])
        #expect(figures.lengths.last?.accuracy.value == nil)
        #expect(figures.sources.map(\.name) == ["x", "y"])
        #expect(figures.sources.map(\.accuracy.value) == [1, 0.75] && figures.sourceAverage.value == 0.875)
    }

    @Test("A route's recall counts its rows among the likeliest")
    func routeRecall() throws {
        var sample = EvaluationSample(truth: [], probabilities: [])
        sample.truth = (0..<20).map { $0 < 4 ? 1 : 0 }
        // Two of the four are likeliest, two among six of equal probability.
        let likely: [Float] = [0.9, 0.8, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5] + Array(repeating: 0.1, count: 12)
        sample.probabilities = likely.map { [1 - $0, $0] }
        sample.routes = ["script", "human"]
        let routes = try #require(try sample.figures().routes)
        let recall = zip(RouteFigures.budgets, routes.recallAt[1].map(\.value))
        let expected = [5: 0.25, 10: 0.5, 15: (2 + 2.0 / 6) / 4, 20: (2 + 4.0 / 6) / 4, 30: (2 + 8.0 / 6) / 4]
        for (budget, value) in recall { #expect(isClose(value, expected[budget] ?? -1)) }
    }

    @Test("What is undefined has no value, says why, and nothing is not a number")
    func undefined() throws {
        var alone = EvaluationSample(truth: [0], probabilities: [[0.6, 0.4]])
        let figures = try alone.figures()
        #expect(figures[.accuracy] == Figure(1) && figures[.accuracy].interval == nil)
        #expect(figures[.outOfScopeArea].value == nil && figures[.outOfScopeArea].why != nil)
        #expect(figures.classes[1].recall.why != nil && figures.routes == nil && figures.outOfScope == nil)
        alone.truth = [-1]
        let unknown = try alone.figures()
        #expect(unknown[.accuracy].why == "no row is in scope" && unknown.outOfScope?.curve.isEmpty == true)
        #expect(unknown.sourceAverage.value == nil && unknown.reliability.brier.value == nil)
        alone.probabilities = [[.nan, .infinity]]
        #expect(try alone.figures().coverageCurve.points.allSatisfy { $0.error.isFinite && $0.threshold <= 1 })
    }

    @Test("A text that the model cannot read counts as a wrong row without an answer")
    func unavailable() throws {
        let sample = EvaluationSample(truth: [0, 0], probabilities: [[0.6, 0.4], [0.7, 0.3]])
        let rows = EvaluationRows(
            sample.data,
            [sample.predictions[0], .unavailable],
            space: try AnswerSpace(model: sample.labels, data: sample.data)
        )
        let figures = Figures(sample.data, [sample.predictions[0], .unavailable], rows: rows, key: [:])
        #expect(figures.confusion.counts == [[1, 0, 1], [0, 0, 0]] && figures.wrong.map(\.given) == [nil])
        #expect(KeyFigures(rows).values([1, 1])[0] == 0.5)
        #expect(figures.coverageCurve.points.last?.coverage == 0.5)
    }

    @Test("Without a score of its own, what is out of scope is told by the confidence or by a label for it")
    func basis() throws {
        var sample = EvaluationSample.two
        sample.score = nil
        #expect(try sample.rows().outOfScopeBasis == .confidence)
        #expect(try sample.rows().outOfScopeScore[0] == 1 - 0.74)
        let labels = [Label(name: "a", route: nil), Label(name: "oos", route: nil)]
        let texts = [LabelledText(text: "x", label: "oos", row: 1), LabelledText(text: "y", label: "a", row: 2)]
        let data = LabelledData(file: "f", digest: "", texts: texts, outOfScopeLabel: "oos")
        let prediction = Prediction(outcome: .classified, label: "oos", confidence: 0.9, probabilities: [0.1, 0.9])
        let rows = EvaluationRows(
            data,
            [prediction, prediction],
            space: try AnswerSpace(model: labels, data: data)
        )
        #expect(rows.outOfScopeBasis == .label && rows.outOfScopeScore == [0.9, 0.9] && rows.isRight(0))
    }
}

func isClose(_ value: Double?, _ expected: Double?) -> Bool {
    guard let value, let expected else { return value == nil && expected == nil }
    return (value - expected).magnitude < 1e-6
}
