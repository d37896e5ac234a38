/// A text and what it should be taken for.
package struct LabelledText: Sendable, Equatable {
    package var text: String
    package var label: String
    /// The route of the label, where the data names one.
    package var route: String?
    /// Where the text comes from, where the data says so: figures are also given by source.
    package var source: String?
    /// Its place in the file: the line of a JSON Lines or CSV record, the position of an example otherwise; from 1.
    package let row: Int

    package init(text: String, label: String, route: String? = nil, source: String? = nil, row: Int) {
        self.text = text
        self.label = label
        self.route = route
        self.source = source
        self.row = row
    }
}

/// Labelled texts as a file holds them.
package struct LabelledData: Sendable {
    /// The file, `-` for standard input.
    package let file: String
    /// SHA-256 of its bytes in hexadecimal digits.
    package let digest: String
    package var texts: [LabelledText]
    /// The label of texts that belong to none of the others, where the data has any: such texts have no right answer but
    /// abstention.
    package let outOfScopeLabel: String?

    package init(file: String, digest: String, texts: [LabelledText], outOfScopeLabel: String?) {
        self.file = file
        self.digest = digest
        self.texts = texts
        self.outOfScopeLabel = outOfScopeLabel
    }

    /// Whether `text` is out of scope.
    package func isOutOfScope(_ text: LabelledText) -> Bool { text.label == outOfScopeLabel }
}
