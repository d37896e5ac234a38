import CommandSupport

extension EvaluationReport {
    /// What the model costs a query, beside the baselines.
    func costTable(_ costs: CostFigures) -> ReportTable {
        let policies =
            [(costs.model, String?.none)]
            + costs.baselines.map { ($0, costs.saving(beside: $0) ?? .nan) }
            .map { ($0.0, $0.1.isNaN ? "–" : Self.saving($0.1)) }
        return ReportTable(
            title: "Costs of a query",
            note: """
                Where the model decides on no route the query goes to \(costs.costs.routes[costs.costs.fallback]), which \
                is also right where no right route is known.
                """,
            heads: ["", "cost", "handling", "mistakes", "seconds", "right", "model saves"],
            columns: [.name] + Array(repeating: .number, count: 6),
            rows: policies.map { policy, saving in
                [
                    policy.name, figure(policy.total), figure(policy.handling), figure(policy.mistakes),
                    figure(policy.latency / 1000), percent(policy.rightShare), saving ?? "",
                ]
            }
        )
    }

    private static func saving(_ share: Double) -> String {
        share < 0 ? "−\(figure(-share * 100)) %" : percent(share)
    }

    /// A few points of the curve, and the cheapest.
    func costCurveTable(_ costs: CostFigures) -> ReportTable {
        let points = costs.curve, cheapest = costs.cheapest
        let step = max(1, points.count / 10)
        let shown = points.indices.filter { $0 % step == 0 || $0 == points.count - 1 || points[$0] == cheapest }
        return ReportTable(
            title: "Cost against confidence",
            note: "Below the threshold a query goes to \(costs.costs.routes[costs.costs.fallback]).",
            heads: ["threshold", "answered", "cost", "right", ""],
            columns: [.number, .number, .number, .number, .text],
            rows: shown.map { index in
                let point = points[index]
                return [
                    point.threshold.map { percent($0) } ?? "none", percent(point.coverage), figure(point.cost),
                    percent(point.rightShare), point == cheapest ? "cheapest" : "",
                ]
            }
        )
    }

    func comparisonTable(_ other: Subject, _ comparison: ModelComparison) -> ReportTable {
        ReportTable(
            title: "Against \(other.name)",
            note: """
                Differences of shares in points; better or worse where the 95 % interval of the paired bootstrap leaves out \
                no difference. \(other.identity)
                """,
            heads: ["", "before", "now", "difference", "95 % interval", ""],
            columns: [.name, .number, .number, .number, .text, .text],
            rows: KeyFigure.allCases.map { key in
                let difference = comparison.differences[key] ?? Figure(undefined: key.why)
                return [
                    key.title, key.style.text(comparison.before[key]), key.style.text(figures[key]),
                    key.style.difference(difference), key.style.differenceInterval(difference),
                    Self.verdict(key, difference),
                ]
            }
        )
    }

    private static func verdict(_ key: KeyFigure, _ difference: Figure) -> String {
        guard let interval = difference.interval, !interval.contains(0) else { return "" }
        guard let isBetterHigher = key.isBetterHigher else { return interval.lowerBound > 0 ? "more" : "less" }
        return (interval.lowerBound > 0) == isBetterHigher ? "better" : "worse"
    }

    func changeTable(_ title: String, _ changes: [ModelComparison.Change]) -> ReportTable {
        ReportTable(
            title: "\(title): \(grouped(changes.count))",
            heads: ["row", "right", "before", "now", "query"],
            columns: [.number, .name, .name, .name, .query],
            rows: changes.map { change in
                [
                    String(change.row), change.expected, change.before ?? "(no answer)", change.now ?? "(no answer)",
                    change.text,
                ]
            }
        )
    }
}
