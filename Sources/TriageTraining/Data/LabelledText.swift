/// A text and what it should be taken for.
package struct LabelledText: Sendable, Equatable {
    package var text: String
    package var label: String
    /// The route of the label, where the data names one.
    package var route: String?
    /// Where the text comes from, where the data says so: figures are also given by source.
    package var source: String?
    /// Whether a model must not carry the text itself, by which it would name it as the nearest.
    package var isPrivate = false
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

/// A label that texts can have, out-of-scope excepted.
package struct LabelDefinition: Sendable, Equatable {
    package let name: String
    /// Who handles texts of the label, where the data says so.
    package var route: String?
    /// The name of the handler, where the data says so.
    package var target: String?

    package init(name: String, route: String? = nil, target: String? = nil) {
        self.name = name
        self.route = route
        self.target = target
    }
}

/// The routes of texts over which the model abstains; nil where the data does not say.
package struct FallbackRoutes: Sendable, Equatable {
    package var ambiguous: String?
    package var outOfScope: String?

    package init(ambiguous: String? = nil, outOfScope: String? = nil) {
        self.ambiguous = ambiguous
        self.outOfScope = outOfScope
    }
}

/// What `LabelledText.row` counts.
package enum RowUnit: String, Sendable {
    case line, example
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
    /// Every label but the one out of scope, in the order in which the file first names it.
    package var labels: [LabelDefinition]
    package var fallback: FallbackRoutes
    package let rowUnit: RowUnit

    package init(
        file: String,
        digest: String,
        texts: [LabelledText],
        outOfScopeLabel: String?,
        labels: [LabelDefinition] = [],
        fallback: FallbackRoutes = FallbackRoutes(),
        rowUnit: RowUnit = .line
    ) {
        self.file = file
        self.digest = digest
        self.texts = texts
        self.outOfScopeLabel = outOfScopeLabel
        self.labels = labels
        self.fallback = fallback
        self.rowUnit = rowUnit
    }

    /// Whether `text` is out of scope.
    package func isOutOfScope(_ text: LabelledText) -> Bool { text.label == outOfScopeLabel }
}
