/// A figure by the name that `--fail-under` knows it by.
package enum Metric: Sendable, Equatable {
    case key(KeyFigure)
    case sourceAverage, brier, riskCoverageArea, falsePositives, routeAccuracy, routeMacroF1, sentRight, cost
    case precision(String), recall(String), f1(String), source(String)
    case recallAt(route: String, budget: Int)

    /// Every name, with `…` for that of a label, route or source.
    package static let names =
        KeyFigure.allCases.map(\.rawValue) + plain.map(\.name) + [
            "precision.LABEL", "recall.LABEL", "f1.LABEL", "source.SOURCE", "recall_at.ROUTE.PERCENT",
        ]

    private static let plain: [(name: String, metric: Metric)] = [
        ("source_average", .sourceAverage), ("brier", .brier), ("aurc", .riskCoverageArea),
        ("fpr_at_95_tpr", .falsePositives), ("route_accuracy", .routeAccuracy), ("route_macro_f1", .routeMacroF1),
        ("sent_right", .sentRight), ("cost", .cost),
    ]

    /// Nil for what is no name of a figure.
    package init?(_ name: String) {
        if let key = KeyFigure(rawValue: name) {
            self = .key(key)
        } else if let plain = Self.plain.first(where: { $0.name == name }) {
            self = plain.metric
        } else {
            guard let dot = name.firstIndex(of: ".") else { return nil }
            let rest = String(name[name.index(after: dot)...])
            guard !rest.isEmpty else { return nil }
            switch name[..<dot] {
            case "precision": self = .precision(rest)
            case "recall": self = .recall(rest)
            case "f1": self = .f1(rest)
            case "source": self = .source(rest)
            case "recall_at":
                guard let end = rest.lastIndex(of: "."), let budget = Int(rest[rest.index(after: end)...]),
                    RouteFigures.budgets.contains(budget)
                else { return nil }
                self = .recallAt(route: String(rest[..<end]), budget: budget)
            default: return nil
            }
        }
    }

    /// Whether more of it is better.
    package var isBetterHigher: Bool {
        switch self {
        case .key(.calibrationError), .key(.answeredError), .brier, .riskCoverageArea, .falsePositives, .cost: false
        default: true
        }
    }

    /// Why this figure will not be there, whatever the model answers; nil where it will.
    package func objection(_ space: AnswerSpace, sources: Set<String>) -> String? {
        switch self {
        case .precision(let name), .recall(let name), .f1(let name):
            space.classes.contains(name) || space.routes.contains(name)
                ? nil : "the model knows no \(name.debugDescription)"
        case .source(let name): sources.contains(name) ? nil : "the data has no source \(name.debugDescription)"
        case .recallAt(let route, _):
            space.routes.contains(route) ? nil : "the model has no route \(route.debugDescription)"
        case .routeAccuracy, .routeMacroF1, .sentRight: space.routes.isEmpty ? "the model names no routes" : nil
        default: nil
        }
    }

    /// A name that is both a label and a route means the label, or what rows are labelled with.
    package func value(in figures: Figures, costs: CostFigures?) -> Figure {
        func ofClass(_ name: String) -> ClassFigures? {
            figures.classes.first { $0.name == name } ?? figures.routes?.routes.first { $0.name == name }
        }
        let figure: Figure? =
            switch self {
            case .key(let key): figures[key]
            case .sourceAverage: figures.sourceAverage
            case .brier: figures.reliability.brier
            case .riskCoverageArea: figures.coverageCurve.area
            case .falsePositives: figures.outOfScope?.falsePositiveRateAt95
            case .routeAccuracy: figures.routes?.accuracy
            case .routeMacroF1: figures.routes?.macroF1
            case .sentRight: figures.routes?.sentRight
            case .cost: costs.map { Figure($0.model.total) }
            case .precision(let name): ofClass(name)?.precision
            case .recall(let name): ofClass(name)?.recall
            case .f1(let name): ofClass(name)?.f1
            case .source(let name): figures.sources.first { $0.name == name }?.accuracy
            case .recallAt(let route, let budget):
                figures.routes.flatMap { routes in
                    guard let index = routes.routes.firstIndex(where: { $0.name == route }),
                        let column = RouteFigures.budgets.firstIndex(of: budget)
                    else { return nil }
                    return routes.recallAt[index][column]
                }
            }
        return figure ?? Figure(undefined: "the data or the model has nothing to take it from")
    }
}
