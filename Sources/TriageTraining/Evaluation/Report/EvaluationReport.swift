/// An evaluation as it is reported: on a terminal, as JSON, as a page.
package struct EvaluationReport: Sendable {
    /// Which model it is of.
    package struct Subject: Sendable {
        package let name: String
        package let identity: String
        package let directory: String

        package init(name: String, identity: String, directory: String) {
            self.name = name
            self.identity = identity
            self.directory = directory
        }
    }

    /// A figure and what it must reach.
    package struct Check: Sendable {
        /// As it was asked for.
        package let name: String
        package let metric: Metric
        package let limit: Double
        package let figure: Figure

        package init(name: String, metric: Metric, limit: Double, figure: Figure) {
            self.name = name
            self.metric = metric
            self.limit = limit
            self.figure = figure
        }

        /// An undefined figure vouches for nothing.
        package var isPassed: Bool {
            guard let value = figure.value else { return false }
            return metric.isBetterHigher ? value >= limit : value <= limit
        }

        /// Why it is not passed.
        package var failure: String {
            guard let value = figure.value else { return "\(name) is undefined: \(figure.why ?? "")" }
            return "\(name) is \(decimal(value)), \(metric.isBetterHigher ? "under" : "over") \(decimal(limit))"
        }
    }

    package let model: Subject
    package let data: LabelledData
    package let figures: Figures
    package let costs: CostFigures?
    /// The model that it is compared with, and how.
    package let against: (model: Subject, comparison: ModelComparison)?
    package let checks: [Check]
    package let bootstrap: Bootstrap

    package init(
        model: Subject,
        data: LabelledData,
        figures: Figures,
        costs: CostFigures?,
        against: (model: Subject, comparison: ModelComparison)?,
        checks: [Check],
        bootstrap: Bootstrap
    ) {
        self.model = model
        self.data = data
        self.figures = figures
        self.costs = costs
        self.against = against
        self.checks = checks
        self.bootstrap = bootstrap
    }
}
