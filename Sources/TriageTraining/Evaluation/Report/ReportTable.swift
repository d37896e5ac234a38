import CommandSupport

/// Cells under heads, for a terminal and for a page alike.
struct ReportTable: Equatable {
    enum Column: Equatable {
        /// A name, aligned left.
        case name
        /// A number, aligned right.
        case number
        /// A few words.
        case text
        /// A text of any length and direction of writing.
        case query
    }

    var title: String
    /// What has to be known to read it; empty for nothing.
    var note = ""
    var heads: [String]
    var columns: [Column]
    var rows: [[String]]

    /// Columns aligned with spaces. `limit`: the rows to show.
    func text(limit: Int = .max) -> String {
        let shown = rows.prefix(limit).map { row in
            zip(row, columns).map { $1 == .name ? fitted(visible($0), columns: 48) : visible($0) }
        }
        let lines = [heads] + shown
        let widths = heads.indices.map { column in lines.map { columnCount(of: $0[column]) }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            var text = "  "
            for (index, cell) in cells.enumerated() {
                text += index > 0 ? "  " : ""
                switch columns[index] {
                case .number: text += cell.rightAligned(to: widths[index])
                case .name, .text, .query: text += index + 1 < cells.count ? cell.padded(to: widths[index]) : cell
                }
            }
            while text.last == " " { text.removeLast() }
            return text + "\n"
        }
        let left = rows.count - shown.count
        return title + "\n" + (note.isEmpty ? "" : "  \(visible(note))\n") + lines.map(line).joined()
            + (left > 0 ? "  and \(grouped(left)) more\n" : "")
    }
}
