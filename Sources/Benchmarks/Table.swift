import CommandSupport

/// Rows of figures under heads, the first column a name.
struct Table: Equatable {
    var title: String
    var heads: [String]
    var rows: [[String]]

    /// Columns aligned with spaces.
    var text: String {
        let widths = heads.indices.map { column in
            ([heads] + rows).map { columnCount(of: visible($0[column])) }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).enumerated().map { index, cell in
                index == 0 ? visible(cell.0).padded(to: cell.1) : visible(cell.0).rightAligned(to: cell.1)
            }
            return "  " + padded.joined(separator: "  ") + "\n"
        }
        return title + "\n" + ([heads] + rows).map(line).joined()
    }

    /// As GitHub's Markdown writes tables.
    var markdown: String {
        func line(_ cells: [String]) -> String {
            "| "
                + cells.map {
                    visible($0).split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
                }
                .joined(separator: " | ") + " |\n"
        }
        let rule = "|" + heads.indices.map { $0 == 0 ? "---|" : "---:|" }.joined() + "\n"
        return "### \(title)\n\n" + line(heads) + rule + rows.map(line).joined()
    }
}

/// A line of comma-separated values, as RFC 4180 quotes them.
func csvLine(_ cells: [String]) -> String {
    cells.map { cell in
        guard cell.contains(where: { ",\"\r\n".contains($0) }) else { return cell }
        return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }.joined(separator: ",") + "\n"
}
