import CommandSupport
import TriageModel

extension EvaluationReport {
    /// Points of coverage that the terminal shows.
    private static let coverages = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1]

    var keyTable: ReportTable {
        var rows = KeyFigure.allCases.map { key in
            let figure = figures[key]
            return [
                key.title, key.style.text(figure), figure.value == nil ? figure.why ?? "" : key.style.interval(figure),
            ]
        }
        func add(_ title: String, _ style: NumberStyle, _ figure: Figure) {
            rows.append([title, style.text(figure), figure.why ?? ""])
        }
        add("Brier score", .score, figures.reliability.brier)
        add("area under error against coverage (AURC)", .score, figures.coverageCurve.area)
        if let outOfScope = figures.outOfScope {
            add("in scope flagged where 95 % of the rest is (FPR)", .share, outOfScope.falsePositiveRateAt95)
        }
        if !figures.sources.isEmpty { add("average over sources", .share, figures.sourceAverage) }
        if let routes = figures.routes {
            if routeTable != nil {
                add("routes: accuracy", .share, routes.accuracy)
                add("routes: macro-F1", .score, routes.macroF1)
            }
            add("routes: sent where they belong", .share, routes.sentRight)
        }
        return ReportTable(
            title: "Figures",
            note: "Accuracy, F1 and calibration as if the model had to choose on every row in scope.",
            heads: ["", "value", "95 % interval"],
            columns: [.name, .number, .text],
            rows: rows
        )
    }

    /// Nil where the model promises nothing.
    var promise: String? {
        guard let promise = figures.promise else { return nil }
        let found = figures[.answeredError]
        let verdict =
            switch found.value {
            case nil: "not to be told"
            case let value? where value <= promise.maximumError: "kept"
            case _ where (found.interval?.lowerBound ?? 0) <= promise.maximumError: "more, which may be chance"
            case _: "not kept on this data"
            }
        return """
            Promised: at most \(percent(promise.maximumError)) of the decisions wrong, with a certainty of \
            \(percent(promise.certainty)); found: \(NumberStyle.share.text(found)) (\(verdict)).
            """
    }

    var outcomeTable: ReportTable {
        ReportTable(
            title: "Outcomes",
            heads: ["", "rows", "share"],
            columns: [.name, .number, .number],
            rows: Prediction.Outcome.allCases.compactMap { outcome in
                figures.outcomes[outcome].map { count in
                    [outcome.title, grouped(count), percent(Double(count) / Double(max(1, figures.rows)))]
                }
            }
        )
    }

    /// The worst first.
    var classTable: ReportTable {
        let isByLabel = figures.space.basis == .label
        return Self.classTable(isByLabel ? "Labels" : "Routes", isByLabel ? "label" : "route", figures.classes)
    }

    /// Nil where there are none, or they are what rows are told apart by already.
    var routeTable: ReportTable? {
        guard let routes = figures.routes, routes.routes != figures.classes else { return nil }
        return Self.classTable("Routes", "route", routes.routes)
    }

    private static func classTable(_ title: String, _ head: String, _ figures: [ClassFigures]) -> ReportTable {
        let sorted = figures.enumerated().sorted {
            ($0.element.f1.value ?? 2, $0.offset) < ($1.element.f1.value ?? 2, $1.offset)
        }
        return ReportTable(
            title: title,
            note: figures.count > 1 ? "The lowest F1 first." : "",
            heads: [head, "rows", "precision", "recall", "F1"],
            columns: [.name, .number, .number, .number, .number],
            rows: sorted.map(\.element).map {
                let values = [$0.precision, $0.recall, $0.f1].map { NumberStyle.score.text($0) }
                return [$0.name, grouped($0.support)] + values
            }
        )
    }

    /// Nil where the model names no routes.
    var routeRecallTable: ReportTable? {
        figures.routes.map { routes in
            ReportTable(
                title: "Found of each route, by the share of all traffic sent there",
                note: "The queries to which the model gives the route the greatest probability are sent.",
                heads: ["route"] + RouteFigures.budgets.map { "\($0) %" },
                columns: [.name] + RouteFigures.budgets.map { _ in .number },
                rows: zip(routes.routes, routes.recallAt).map { route, recall in
                    [route.name] + recall.map { NumberStyle.share.text($0) }
                }
            )
        }
    }

    var sourceTable: ReportTable? {
        figures.sources.isEmpty ? nil : Self.groupTable("Sources", "source", figures.sources)
    }

    var lengthTable: ReportTable { Self.groupTable("Length", "words", figures.lengths) }

    private static func groupTable(_ title: String, _ head: String, _ groups: [GroupFigures]) -> ReportTable {
        ReportTable(
            title: title,
            heads: [head, "rows", "accuracy"],
            columns: [.name, .number, .number],
            rows: groups.map { [$0.name, grouped($0.rows), NumberStyle.share.text($0.accuracy)] }
        )
    }

    var confusionTable: ReportTable {
        ReportTable(
            title: "Confusions",
            heads: ["right", "given", "rows"],
            columns: [.name, .name, .number],
            rows: figures.confusion.confusions.map { [$0.expected, $0.given ?? "(no answer)", grouped($0.count)] }
        )
    }

    var reliabilityTable: ReportTable {
        ReportTable(
            title: "Calibration",
            heads: ["confidence", "rows", "mean", "right"],
            columns: [.name, .number, .number, .number],
            rows: figures.reliability.bins.filter { $0.rows > 0 }.map { bin in
                [
                    "\(percent(bin.range.lowerBound)) to \(percent(bin.range.upperBound))", grouped(bin.rows),
                    bin.confidence.map { percent($0) } ?? "–", bin.accuracy.map { percent($0) } ?? "–",
                ]
            }
        )
    }

    var coverageTable: ReportTable {
        let points = figures.coverageCurve.points
        let shown = Self.coverages.compactMap { coverage in points.first { $0.coverage >= coverage - 1e-9 } }
        return ReportTable(
            title: "Error against coverage",
            note: "If only the most confident were answered; an answer to a row out of scope is an error.",
            heads: ["answered", "least confidence", "error"],
            columns: [.number, .number, .number],
            rows: shown.indices.filter { $0 == 0 || shown[$0] != shown[$0 - 1] }.map { index in
                [percent(shown[index].coverage), percent(shown[index].threshold), percent(shown[index].error)]
            }
        )
    }

    /// The most confident first.
    var wrongTable: ReportTable {
        let hasNearest = figures.wrong.contains { $0.nearest != nil }
        return ReportTable(
            title: "Wrong queries",
            note: figures.wrong.isEmpty
                ? "None." : "The most confident first; those out of scope where the model decided.",
            heads: ["row", "confidence", "right", "given", "query"] + (hasNearest ? ["nearest in training"] : []),
            columns: [.number, .number, .name, .name, .query] + (hasNearest ? [.query] : []),
            rows: figures.wrong.map { wrong in
                [
                    String(wrong.row), percent(wrong.confidence), wrong.expected, wrong.given ?? "(no answer)",
                    wrong.text,
                ]
                    + (hasNearest ? [wrong.nearest ?? ""] : [])
            }
        )
    }
}
