import CommandSupport

extension EvaluationReport {
    /// Nil where no row in scope has an answer.
    var reliabilityChart: Chart? {
        let bins = figures.reliability.bins.filter { $0.rows > 0 }
        guard !bins.isEmpty else { return nil }
        let points = bins.map { Chart.Point(x: $0.confidence ?? 0, y: $0.accuracy ?? 0) }
        return Chart(
            id: "reliability",
            title: "Confidence and how often it was right",
            description: """
                A disc a bin of confidence, its area in proportion to the rows; on the dashed line confidence is as high as \
                accuracy. The calibration error is \(NumberStyle.score.text(figures[.calibrationError])).
                """,
            x: .init(title: "confidence", range: 0...1),
            y: .init(title: "right", range: 0...1),
            marks: [
                .reference([.init(x: 0, y: 0), .init(x: 1, y: 1)]), .line(points),
                .discs(points, weights: bins.map { Double($0.rows) }),
            ]
        )
    }

    var coverageChart: Chart? {
        let points = figures.coverageCurve.points
        guard let last = points.last else { return nil }
        let greatest = points.map(\.error).max() ?? 0
        var marks: [Chart.Mark] = [.line(points.map { .init(x: $0.coverage, y: $0.error) })]
        if let coverage = figures[.coverage].value, let error = figures[.answeredError].value {
            marks.append(.named(.init(x: coverage, y: error), "as it decides", isEmphasized: true))
        }
        return Chart(
            id: "coverage",
            title: "Error if only the most confident were answered",
            description: """
                From \(percent(points[0].error)) of the answers wrong where \(percent(points[0].coverage)) of the rows are \
                answered to \(percent(last.error)) where \(percent(last.coverage)) are.
                """,
            x: .init(title: "rows answered", range: 0...1),
            y: .init(title: "wrong among them", range: 0...max(0.01, min(1, greatest * 1.1))),
            marks: marks
        )
    }

    /// Nil where the data has nothing out of scope, or nothing in scope.
    var outOfScopeChart: Chart? {
        guard let outOfScope = figures.outOfScope, !outOfScope.curve.isEmpty else { return nil }
        return Chart(
            id: "roc",
            title: "Rows out of scope that are found",
            description: """
                Receiver operating characteristic; the area under it is \
                \(NumberStyle.score.text(figures[.outOfScopeArea])), and 0.5, the dashed line, by chance.
                """,
            x: .init(title: "rows in scope held to be out of it", range: 0...1),
            y: .init(title: "rows out of scope found", range: 0...1),
            marks: [
                .reference([.init(x: 0, y: 0), .init(x: 1, y: 1)]),
                .line(outOfScope.curve.map { .init(x: $0.falsePositiveRate, y: $0.truePositiveRate) }),
            ]
        )
    }

    func costChart(_ costs: CostFigures) -> Chart {
        let policies = costs.baselines + [costs.model]
        let amounts = costs.curve.map(\.cost) + policies.map(\.total)
        let shares = costs.curve.map(\.rightShare) + policies.map(\.rightShare)
        let lowest = max(0, (shares.min() ?? 0) - 0.05)
        return Chart(
            id: "costs",
            title: "Cost and quality by threshold",
            description: """
                The line is the model with every threshold of confidence, from all queries to \
                \(costs.costs.routes[costs.costs.fallback]) to all by the model. As it decides, a query costs \
                \(figure(costs.model.total)) and \(percent(costs.model.rightShare)) go where they belong.
                """,
            x: .init(
                title: "cost of a query",
                range: 0...max((amounts.max() ?? 0) * 1.05, .leastNormalMagnitude),
                label: { decimal($0) }
            ),
            y: .init(title: "sent where they belong", range: lowest...1),
            marks: [.line(costs.curve.map { .init(x: $0.cost, y: $0.rightShare) })]
                + policies.map {
                    .named(.init(x: $0.total, y: $0.rightShare), $0.name, isEmphasized: $0.name == costs.model.name)
                }
        )
    }
}
