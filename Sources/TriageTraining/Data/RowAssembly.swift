import StrictYAML

/// Makes texts of the rows of a file, with the rules that all formats share: which field is the label, what a label may
/// be, and how many rows there may be.
struct RowAssembly {
    /// What a row holds; nil where it does not.
    struct Row {
        var text: String?
        var label: String?
        var route: String?
        var source: String?
        var isPrivate = false
    }

    private let file: String
    /// The name of the field that holds the label.
    private let labelField: String
    /// Whether the route may stand in for the label where no row has one.
    private let mayUseRoute: Bool
    private let limits: DataLimits

    private var texts: [LabelledText] = []
    private var badRows = FileDefects()
    private var hasLabel = false
    /// Of the texts without label their positions in `texts`.
    private var unlabelled: [Int] = []

    init(file: String, labelField: String, mayUseRoute: Bool, limits: DataLimits) {
        self.file = file
        self.labelField = labelField
        self.mayUseRoute = mayUseRoute
        self.limits = limits
    }

    mutating func add(_ row: Row, line: Int) throws(DataFileError) {
        guard texts.count < limits.rows else {
            throw .file(file, reason: "more than \(limits.rows) rows; use a part of them")
        }
        hasLabel = hasLabel || row.label != nil
        guard let text = row.text else { return reject(line: line, "no `text`") }
        if let reason = defect(of: row) { return reject(line: line, reason) }
        if row.label == nil {
            guard mayUseRoute else { return reject(line: line, "no `\(labelField)`") }
            unlabelled.append(texts.count)
        }
        var labelled = LabelledText(
            text: text,
            label: row.label ?? "",
            route: row.route,
            source: row.source,
            row: line
        )
        labelled.isPrivate = row.isPrivate
        texts.append(labelled)
    }

    mutating func reject(line: Int, column: Int? = nil, _ reason: String) {
        badRows.add(line: line, column: column, reason)
    }

    /// The texts, where every row could be read.
    consuming func contents() throws(DataFileError) -> DataContents {
        for index in unlabelled {
            if hasLabel {
                reject(line: texts[index].row, "no `\(labelField)`")
            } else if let route = texts[index].route {
                texts[index].label = route
            } else {
                reject(line: texts[index].row, "neither `\(labelField)` nor `route`")
            }
        }
        guard badRows.isEmpty else { throw .rows(file: file, badRows) }
        return DataContents(texts: texts)
    }

    private func defect(of row: Row) -> String? {
        for (field, value) in [("text", row.text), ("source", row.source)] {
            if value?.utf8.contains(0) == true { return "`\(field)` contains a NUL character" }
        }
        for (field, name) in [(labelField, row.label), ("route", row.route)] {
            if let name, let reason = nameDefect(name) { return "`\(field)` \(reason)" }
        }
        return nil
    }
}
