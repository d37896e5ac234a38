import CommandSupport

/// The text as HTML and SVG show it: what would be markup is escaped, and controls, also those that turn the direction of
/// writing, are made visible.
func escaped(_ text: String) -> String {
    var result = ""
    for character in visible(text).unicodeScalars {
        switch character {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        // No character of any text, and browsers differ in what they make of them.
        case _ where character.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(character.value):
            result += "\u{FFFD}"
        default: result.unicodeScalars.append(character)
        }
    }
    return result
}

extension ReportTable {
    /// The most of a cell that a page shows.
    private static let cellLength = 400

    /// A table with its title above. `limit`: the rows to show.
    func html(level: Int = 3, limit: Int = .max) -> String {
        var html = title.isEmpty ? "" : "<h\(level)>\(escaped(title))</h\(level)>\n"
        if !note.isEmpty { html += "<p class=\"note\">\(escaped(note))</p>\n" }
        guard !rows.isEmpty else { return html }
        html += "<div class=\"wide\"><table>\n<thead><tr>"
        for (head, column) in zip(heads, columns) {
            html += head.isEmpty ? "<td></td>" : "<th scope=\"col\" class=\"\(column.style)\">\(escaped(head))</th>"
        }
        html += "</tr></thead>\n<tbody>\n"
        for row in rows.prefix(limit) {
            html += "<tr>"
            for (index, cell) in row.enumerated() {
                let column = columns[index], text = escaped(fitted(cell, columns: Self.cellLength))
                // The first cell names its row; queries may be written from right to left.
                html +=
                    index == 0
                    ? "<th scope=\"row\" class=\"\(column.style)\">\(text)</th>"
                    : "<td class=\"\(column.style)\"\(column == .query ? " dir=\"auto\"" : "")>\(text)</td>"
            }
            html += "</tr>\n"
        }
        html += "</tbody></table></div>\n"
        if rows.count > limit { html += "<p class=\"note\">and \(grouped(rows.count - limit)) more</p>\n" }
        return html
    }
}

extension ReportTable.Column {
    fileprivate var style: String {
        switch self {
        case .name: "name"
        case .number: "number"
        case .text: "text"
        case .query: "query"
        }
    }
}
