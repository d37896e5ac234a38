import CommandSupport

@testable import TriageModel
@testable import TriageTraining

/// Rows to evaluate. The right classes are numbers of labels named `a`, `b`, `c` …, -1 for out of scope, `oos`.
struct EvaluationSample {
    var truth: [Int]
    var probabilities: [[Float]]
    var answered: [Int]?
    var score: [Float]?
    var routes: [String?]?
    var sources: [String]?

    static func name(_ index: Int) -> String { String(Character(Unicode.Scalar(UInt8(97 + index)))) }

    var labels: [Label] {
        (probabilities.first ?? []).indices.map { Label(name: Self.name($0), route: routes?[$0]) }
    }

    var predictions: [Prediction] {
        probabilities.enumerated().map { row, values in
            let best = values.indices.max { (values[$0], $1) < (values[$1], $0) } ?? 0
            return Prediction(
                outcome: (answered?[row] ?? 1) == 1 ? .classified : .abstainedAmbiguous,
                label: Self.name(best),
                route: labels[best].route ?? labels[best].name,
                confidence: values[best],
                probabilities: values,
                outOfScope: score?[row]
            )
        }
    }

    var data: LabelledData {
        LabelledData(
            file: "sample.jsonl",
            digest: "00",
            texts: truth.enumerated().map { row, label in
                LabelledText(
                    text: Array(repeating: "word", count: row + 1).joined(separator: " "),
                    label: label < 0 ? "oos" : Self.name(label),
                    source: sources?[row],
                    row: row + 1
                )
            },
            outOfScopeLabel: truth.contains(-1) ? "oos" : nil
        )
    }

    func rows() throws -> EvaluationRows {
        EvaluationRows(data, predictions, space: try AnswerSpace(model: labels, data: data))
    }

    func figures() throws -> Figures {
        let rows = try rows()
        let key = try Bootstrap(seed: 1, resamples: 20).keyFigures(of: [rows]).figures[0]
        return Figures(data, predictions, rows: rows, key: key)
    }

    /// The same in another order.
    func permuted(seed: UInt64) -> EvaluationSample {
        var generator = SplitMix64(seed: seed)
        let order = truth.indices.shuffled(using: &generator)
        return EvaluationSample(
            truth: order.map { truth[$0] },
            probabilities: order.map { probabilities[$0] },
            answered: answered.map { values in order.map { values[$0] } },
            score: score.map { values in order.map { values[$0] } },
            routes: routes
        )
    }

    static let three = EvaluationSample(
        truth: [
            1, 1, 1, 1, 1, -1, 2, 1, 2, 1, 0, -1, 2, -1, 2, 2, 1, -1, 0, -1, 2, 2, -1, 2, 1, -1, 0, -1, 1, 0,
        ],
        probabilities: [
            [0.25, 0.51, 0.24], [0.02, 0.65, 0.33], [0.1, 0.52, 0.38], [0.32, 0.21, 0.47], [0.21, 0.49, 0.3],
            [0.59, 0.26, 0.15], [0.15, 0.34, 0.51], [0.05, 0.57, 0.38], [0.02, 0.07, 0.91], [0.15, 0.43, 0.42],
            [0.97, 0.01, 0.02], [0.8, 0.1, 0.1], [0.25, 0.05, 0.7], [0.69, 0.09, 0.22], [0.45, 0.12, 0.43],
            [0.43, 0.39, 0.18], [0.31, 0.48, 0.21], [0.08, 0.8, 0.12], [0.47, 0.03, 0.5], [0.55, 0.09, 0.36],
            [0.38, 0.53, 0.09], [0.09, 0.66, 0.25], [0.31, 0.67, 0.02], [0.17, 0.75, 0.08], [0.06, 0.64, 0.3],
            [0.84, 0.13, 0.03], [0.19, 0.11, 0.7], [0.84, 0.05, 0.11], [0.54, 0.4, 0.06], [0.2, 0.39, 0.41],
        ],
        answered: [0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1],
        score: [
            1.0, 0.4, 0.3, 0.8, 0.1, 1.0, 0.2, 0.4, 0.2, 0.8, 0.4, 1.0, 0.6, 1.0, 0.5, 0.3, 0.4, 1.0, 0.2, 1.0, 0.8,
            0.4, 0.9, 0.4, 0.4, 0.8, 0.0, 0.8, 1.0, 0.3,
        ]
    )

    static let two = EvaluationSample(
        truth: [0, -1, -1, 1, 0, 0, 0, 0, 0, 0, 0, 1, -1, 0, 1, 0, -1, 1, 0, 0, 1, -1, 1, -1],
        probabilities: [
            [0.74, 0.26], [0.95, 0.05], [0.73, 0.27], [0.16, 0.84], [0.78, 0.22], [0.87, 0.13], [0.67, 0.33],
            [0.7, 0.3], [0.85, 0.15], [0.82, 0.18], [0.73, 0.27], [0.47, 0.53], [0.06, 0.94], [1.0, 0.0],
            [0.42, 0.58], [0.74, 0.26], [0.63, 0.37], [0.47, 0.53], [0.17, 0.83], [0.26, 0.74], [0.09, 0.91],
            [0.62, 0.38], [0.09, 0.91], [0.09, 0.91],
        ],
        answered: [1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0],
        score: [
            0.4, 0.8, 0.3, 0.1, 0.2, 0.4, 0.3, 0.6, 0.3, 0.9, 1.0, 0.1, 0.5, 0.6, 0.8, 0.1, 0.5, 0.5, 0.7, 0.9, 0.9,
            1.0, 0.1, 1.0,
        ]
    )

    /// `e` is right for no row.
    static let five = EvaluationSample(
        truth: [
            -1, -1, 2, 3, 3, -1, 0, 0, 1, 2, 3, 0, 3, 1, -1, 1, -1, 0, 3, 0, 2, 0, 1, -1, 0, 3, -1, 0, -1, 0, 0, 0,
            3, 1, 0, -1, 1, 0, 1, -1,
        ],
        probabilities: [
            [0.88, 0.0, 0.08, 0.02, 0.02], [0.0, 0.0, 0.0, 0.0, 1.0], [0.44, 0.18, 0.2, 0.11, 0.07],
            [0.07, 0.25, 0.08, 0.51, 0.09], [0.07, 0.69, 0.15, 0.03, 0.06], [0.09, 0.69, 0.03, 0.03, 0.16],
            [0.03, 0.08, 0.46, 0.29, 0.14], [0.36, 0.0, 0.6, 0.03, 0.01], [0.25, 0.47, 0.08, 0.03, 0.17],
            [0.05, 0.44, 0.16, 0.07, 0.28], [0.1, 0.04, 0.38, 0.37, 0.11], [0.05, 0.21, 0.0, 0.42, 0.32],
            [0.02, 0.24, 0.05, 0.68, 0.01], [0.03, 0.31, 0.61, 0.0, 0.05], [0.11, 0.03, 0.74, 0.01, 0.11],
            [0.02, 0.82, 0.1, 0.06, 0.0], [0.48, 0.12, 0.12, 0.21, 0.07], [0.04, 0.03, 0.03, 0.88, 0.02],
            [0.08, 0.12, 0.28, 0.48, 0.04], [0.01, 0.08, 0.53, 0.27, 0.11], [0.09, 0.24, 0.11, 0.52, 0.04],
            [0.02, 0.02, 0.04, 0.03, 0.89], [0.48, 0.46, 0.0, 0.03, 0.03], [0.17, 0.0, 0.44, 0.38, 0.01],
            [0.01, 0.01, 0.04, 0.1, 0.84], [0.03, 0.14, 0.06, 0.63, 0.14], [0.42, 0.01, 0.04, 0.02, 0.51],
            [0.43, 0.1, 0.08, 0.33, 0.06], [0.01, 0.05, 0.92, 0.02, 0.0], [0.02, 0.02, 0.31, 0.5, 0.15],
            [0.35, 0.25, 0.26, 0.02, 0.12], [0.41, 0.11, 0.17, 0.1, 0.21], [0.33, 0.05, 0.07, 0.31, 0.24],
            [0.7, 0.0, 0.2, 0.03, 0.07], [0.14, 0.2, 0.18, 0.05, 0.43], [0.02, 0.03, 0.11, 0.01, 0.83],
            [0.14, 0.78, 0.03, 0.02, 0.03], [0.17, 0.02, 0.1, 0.06, 0.65], [0.06, 0.78, 0.06, 0.04, 0.06],
            [0.02, 0.13, 0.47, 0.13, 0.25],
        ],
        answered: [
            1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 0, 1,
            1, 1, 1, 1, 1,
        ],
        score: [
            1.0, 0.3, 0.7, 0.3, 0.1, 0.4, 0.8, 1.0, 0.5, 0.4, 0.5, 0.8, 0.7, 0.1, 0.5, 0.9, 0.8, 0.7, 0.8, 0.6, 0.7,
            0.5, 0.2, 0.5, 1.0, 0.0, 1.0, 0.9, 0.5, 0.0, 0.4, 0.3, 0.5, 0.4, 0.9, 0.4, 0.9, 0.0, 0.9, 0.6,
        ]
    )
}
