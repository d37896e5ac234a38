import CommandSupport

extension EvaluationReport {
    private static let classesInHeatMap = 20
    private static let longestTable = 200

    /// A page that needs nothing else: no script, no network, nothing to load.
    package var html: String {
        let title = "\(model.name) on \(data.file.split(separator: "/").last ?? "data")"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escaped(title))</title>
            <style>
            \(pageStyle)
            </style>
            </head>
            <body>
            <header>
            <h1>\(escaped(title))</h1>
            \(facts)
            \(keyList)
            </header>
            <main>
            \(sections)</main>
            </body>
            </html>

            """
    }

    private var facts: String {
        var facts = [
            ("model", "\(model.name), \(model.identity)"), ("data", "\(data.file), sha256:\(data.digest)"),
            ("rows", grouped(figures.rows)),
        ]
        if figures.rowsInScope < figures.rows { facts.append(("in scope", grouped(figures.rowsInScope))) }
        if figures.space.basis == .route { facts.append(("labels", "the data is labelled with routes")) }
        facts.append(("intervals", "95 %, \(grouped(bootstrap.resamples)) resamples, seed \(bootstrap.seed)"))
        let items = facts.map { "<dt>\(escaped($0.0))</dt><dd>\(escaped($0.1))</dd>" }
        return "<dl>\(items.joined(separator: "\n"))</dl>"
    }

    /// What a reader wants first.
    private var keyList: String {
        let items = KeyFigure.allCases.compactMap { key -> String? in
            guard figures[key].value != nil else { return nil }
            let interval = key.style.interval(figures[key])
            return """
                <li><b>\(key.style.text(figures[key]))</b><span>\(escaped(key.title))</span><span>\(interval)</span></li>
                """
        }
        return "<ul class=\"key\">\(items.joined(separator: "\n"))</ul>"
    }

    private var sections: String {
        let charts = [reliabilityChart, coverageChart, outOfScopeChart, costs.map(costChart)].compactMap(\.self)
        var html = "<div class=\"charts\">\n" + charts.map(Self.html).joined() + "</div>\n"
        html += Self.section("Figures", [untitled(keyTable), outcomeTable])
        if let promise { html += "<p>\(escaped(promise))</p>\n" }
        if !checks.isEmpty { html += checkTable.html(level: 2) }
        if let against {
            html += comparisonTable(against.model, against.comparison).html(level: 2)
            html += changeTable("Fixed", against.comparison.fixed).html(limit: Self.longestTable)
            html += changeTable("Broken", against.comparison.broken).html(limit: Self.longestTable)
        }
        html += Self.section(
            "Where it is right",
            [classTable, routeTable, routeRecallTable, sourceTable, lengthTable].compactMap(\.self)
        )
        html += heatMap
        html += Self.section("When to believe it", [reliabilityTable, coverageTable])
        if let costs { html += Self.section("Costs", [costTable(costs), costCurveTable(costs)]) }
        return html + wrongTable.html(level: 2, limit: Self.longestTable)
    }

    private func untitled(_ table: ReportTable) -> ReportTable {
        var table = table
        table.title = ""
        return table
    }

    private static func section(_ title: String, _ tables: [ReportTable]) -> String {
        "<section>\n<h2>\(escaped(title))</h2>\n<div class=\"tables\">\n"
            + tables.map { "<div>\n\($0.html())</div>\n" }.joined() + "</div>\n</section>\n"
    }

    private static func html(_ chart: Chart) -> String {
        """
        <figure><h3>\(escaped(chart.title))</h3>
        \(chart.svg)<figcaption>\(escaped(chart.description))</figcaption></figure>

        """
    }

    private var checkTable: ReportTable {
        ReportTable(
            title: "Checks",
            heads: ["figure", "found", "limit", ""],
            columns: [.name, .number, .number, .text],
            rows: checks.map { check in
                [
                    check.name, check.figure.value.map { decimal($0) } ?? "–", decimal(check.limit),
                    check.isPassed ? "passed" : check.failure,
                ]
            }
        )
    }

    /// The classes with the most confusions, in the order of the model, shaded by the share of the rows of a right class.
    private var heatMap: String {
        let matrix = figures.confusion
        let errors = matrix.classes.indices.map { index in
            matrix.counts[index].reduce(0, +) + matrix.counts.reduce(0) { $0 + $1[index] } - 2
                * matrix.counts[index][index]
        }
        let shown = errors.indices.sorted { (errors[$1], $0) < (errors[$0], $1) }.prefix(Self.classesInHeatMap).sorted()
        guard !shown.isEmpty else { return "" }
        let note =
            "Rows by their right class (down) and the class given (across, by number)"
            + (shown.count < matrix.classes.count
                ? "; the \(shown.count) of \(grouped(matrix.classes.count)) classes with the most confusions." : ".")
        var html = """
            <section>
            <h2>Confusions</h2>
            <p class="note">\(note)</p>
            <div class="wide"><table class="heat">
            <thead><tr><td></td>\(shown.indices.map { "<th scope=\"col\">\($0 + 1)</th>" }.joined())</tr></thead>
            <tbody>

            """
        for (number, expected) in shown.enumerated() {
            let row = matrix.counts[expected], all = max(1, row.reduce(0, +))
            html +=
                "<tr><th scope=\"row\">\(number + 1)&ensp;\(escaped(fitted(matrix.classes[expected], columns: 40)))</th>"
            for given in shown {
                let share = Double(row[given]) / Double(all)
                let style = row[given] == 0 ? "zero" : "h\(min(5, 1 + Int(share.squareRoot() * 5)))"
                html += "<td class=\"\(style)\">\(row[given])</td>"
            }
            html += "</tr>\n"
        }
        var list = confusionTable
        list.title = "The most frequent"
        return html + "</tbody></table></div>\n" + (list.rows.isEmpty ? "" : list.html(limit: 20)) + "</section>\n"
    }
}
