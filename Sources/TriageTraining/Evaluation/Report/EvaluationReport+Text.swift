import CommandSupport

extension EvaluationReport {
    /// Labels, confusions and changes that the terminal shows; all are in the JSON.
    private static let rowLimit = 25

    /// For people. `wrong`: how many wrong queries to show; `columns`: the width to cut them to, nil for none.
    package func text(wrong: Int, columns: Int?) -> String {
        var parts = [heading, keyTable.text()]
        if let promise { parts.append(promise + "\n") }
        parts.append(outcomeTable.text())
        parts.append(classTable.text(limit: Self.rowLimit))
        if let table = routeTable { parts.append(table.text()) }
        if let table = routeRecallTable { parts.append(table.text()) }
        if let table = sourceTable { parts.append(table.text()) }
        parts.append(lengthTable.text())
        if !confusionTable.rows.isEmpty { parts.append(confusionTable.text(limit: 10)) }
        if !reliabilityTable.rows.isEmpty { parts.append(reliabilityTable.text()) }
        if !coverageTable.rows.isEmpty { parts.append(coverageTable.text()) }
        if let costs { parts += [costTable(costs).text(), costCurveTable(costs).text()] }
        if let against {
            parts.append(comparisonTable(against.model, against.comparison).text())
            for (title, changes) in [("Fixed", against.comparison.fixed), ("Broken", against.comparison.broken)]
            where !changes.isEmpty {
                parts.append(cut(changeTable(title, changes).text(limit: Self.rowLimit), columns))
            }
        }
        if wrong > 0 { parts.append(cut(wrongTable.text(limit: wrong), columns)) }
        return parts.joined(separator: "\n")
    }

    private var heading: String {
        let basis = figures.space.basis == .label ? "" : ", labelled with routes"
        let scope =
            figures.rowsInScope == figures.rows ? "" : ", \(grouped(figures.rowsInScope)) of them in scope"
        return """
            \(visible(model.name)) on \(visible(data.file))
              model  \(model.identity)
              data   \(grouped(figures.rows)) rows\(scope)\(basis), sha256:\(data.digest)

            """
    }

    private func cut(_ text: String, _ columns: Int?) -> String {
        guard let columns else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map {
            fitted(String($0), columns: columns)
        }.joined(separator: "\n")
    }
}
