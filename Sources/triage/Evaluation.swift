import CommandSupport
import TriageModel
import TriageRouter
import TriageTraining

/// A model and what it can answer to a data set.
struct EvaluatedModel {
    let router: Router
    let space: AnswerSpace

    /// - Throws: `EvaluationError` where the model does not know the data's labels or routes.
    init(router: Router, data: LabelledData) throws(EvaluationError) {
        self.router = router
        let settings = router.model.decision
        space = try AnswerSpace(
            model: router.model.labels,
            fallbacks: (settings?.ambiguousRoutes ?? []) + [settings?.outOfScopeRoute].compactMap(\.self),
            data: data
        )
    }

    var subject: EvaluationReport.Subject {
        .init(name: router.model.name, identity: router.model.identity, directory: router.model.directory)
    }
}

/// Lets models decide on labelled texts and computes what `triage eval` reports.
struct Evaluation {
    /// Enough for every thread to have whole groups of texts of equal length, little enough to stop soon.
    private static let batchSize = 512
    /// Bootstrap intervals take about this share of the time.
    private static let intervalShare = 0.1

    let data: LabelledData
    let interruption: Interruption
    let threads: Int
    let seed: UInt64

    /// The report, and how many texts could not be answered.
    /// - Throws: `Bootstrap.Interrupted`.
    func report(
        of now: EvaluatedModel,
        against before: EvaluatedModel?,
        costs: Costs?,
        limits: [FigureLimit],
        console: inout Console
    ) throws -> (EvaluationReport, failures: Int) {
        let models = [now] + (before.map { [$0] } ?? [])
        var predictions: [[Prediction]] = []
        for (index, model) in models.enumerated() {
            let share = (1 - Self.intervalShare) / Double(models.count)
            predictions.append(
                try decide(model, reports: index == 0, console: &console, from: Double(index) * share, share: share)
            )
        }
        let rows = zip(models, predictions).map { EvaluationRows(data, $1, space: $0.space) }
        let bootstrap = Bootstrap(seed: seed, threads: threads, interruption: interruption)
        let (key, differences) = try bootstrap.keyFigures(of: rows) { done in
            console.show("intervals", share: 1 - Self.intervalShare * (1 - done))
        }
        let figures = models.indices.map { index in
            let promise = models[index].router.model.decision?.promise
            return Figures(data, predictions[index], rows: rows[index], key: key[index], promise: promise)
        }
        let costFigures = costs.map { CostFigures(rows[0], $0) }
        let against = before.map { other in
            (
                model: other.subject,
                comparison: ModelComparison(
                    data,
                    now: rows[0],
                    before: rows[1],
                    figures: figures[1],
                    differences: differences
                )
            )
        }
        let report = EvaluationReport(
            model: now.subject,
            data: data,
            figures: figures[0],
            costs: costFigures,
            against: against,
            checks: limits.map { limit in
                let figure = limit.metric.value(in: figures[0], costs: costFigures)
                return .init(name: limit.name, metric: limit.metric, limit: limit.value, figure: figure)
            },
            bootstrap: bootstrap
        )
        return (report, figures[0].outcomes[.unavailable] ?? 0)
    }

    /// What a model says of every text. Texts that cannot be answered are reported where `reports` is set.
    private func decide(
        _ model: EvaluatedModel,
        reports: Bool,
        console: inout Console,
        from start: Double,
        share: Double
    ) throws -> [Prediction] {
        var predictions: [Prediction] = []
        predictions.reserveCapacity(data.texts.count)
        while predictions.count < data.texts.count {
            if interruption.isRequested { throw Bootstrap.Interrupted() }
            let done = Double(predictions.count) / Double(data.texts.count)
            console.show("\(model.router.model.name) decides", share: start + done * share)
            let batch = data.texts[predictions.count..<min(predictions.count + Self.batchSize, data.texts.count)]
            for (text, decision) in zip(batch, model.router.decide(batch.map(\.text), threads: threads)) {
                if case .failed(let reason) = decision.reason {
                    throw ModelError(path: model.router.model.directory, reason: reason)
                }
                guard decision.outcome != .rejected else {
                    if reports {
                        console.report("\(data.file):\(text.row): the text holds nothing that the model reads")
                    }
                    predictions.append(.unavailable)
                    continue
                }
                let nearest = decision.classification.nearestExample.flatMap(model.router.model.example)
                predictions.append(Prediction(decision, nearest: nearest?.text))
            }
        }
        return predictions
    }
}
