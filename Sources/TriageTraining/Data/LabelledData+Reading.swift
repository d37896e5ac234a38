import ModelFormat

/// How a file of labelled texts is read.
package struct DataOptions: Sendable {
    /// The field or column that holds the label; nil for `label`, and `route` where no row has that.
    package var labelField: String?
    /// The label of texts that are out of scope; nil for one of `LabelledData.outOfScopeNames` where there is one.
    package var outOfScopeLabel: String?

    package init(labelField: String? = nil, outOfScopeLabel: String? = nil) {
        self.labelField = labelField
        self.outOfScopeLabel = outOfScopeLabel
    }
}

/// What a file may hold at most.
struct DataLimits {
    var fileBytes = 1 << 30
    /// A routes file is parsed into a tree, about a hundred times its size.
    var yamlBytes = 16 << 20
    var rows = 10_000_000
}

/// How a file of labelled texts is written.
private enum DataFormat: CaseIterable {
    case jsonLines, csv, yaml

    var suffixes: [String] {
        switch self {
        case .jsonLines: [".jsonl", ".ndjson", ".json"]
        case .csv: [".csv", ".tsv"]
        case .yaml: [".yaml", ".yml"]
        }
    }
}

/// What the readers of the formats give.
struct DataContents {
    var texts: [LabelledText] = []
    /// The labels, where the file defines them.
    var labels: [LabelDefinition]?
    var outOfScopeLabel: String?
    var fallback = FallbackRoutes()
}

extension LabelledData {
    /// The spellings that make a label the one of texts out of scope, where nobody says which it is.
    package static let outOfScopeNames = ["oos", "out_of_scope", "out-of-scope"]

    /// Reads a file in the format that its suffix names, or JSON Lines from standard input where `path` is `-`.
    ///
    /// Holds the whole file in memory, and gives up beyond 1 GiB (16 MiB of YAML) or 10 million texts.
    package init(reading path: String, options: DataOptions = DataOptions()) throws(DataFileError) {
        try self.init(reading: path, options: options, limits: DataLimits())
    }

    init(reading path: String, options: DataOptions, limits: DataLimits) throws(DataFileError) {
        let format = try path == "-" ? .jsonLines : Self.format(of: path)
        let limit = format == .yaml ? min(limits.yamlBytes, limits.fileBytes) : limits.fileBytes
        let (bytes, name) = try fileBytes(path, limit: limit)
        let contents: DataContents
        switch format {
        case .jsonLines:
            contents = try JSONLinesReader.read(bytes, file: name, labelField: options.labelField, limits: limits)
        case .csv:
            contents = try CSVReader.read(
                bytes,
                file: name,
                isTabSeparated: path.lowercased().hasSuffix(".tsv"),
                labelField: options.labelField,
                limits: limits
            )
        case .yaml:
            contents = try RoutesFile.read(
                bytes,
                file: name,
                outOfScopeLabel: options.outOfScopeLabel,
                limits: limits
            )
        }
        let definitions = contents.labels ?? Self.definitions(of: contents.texts)
        let outOfScopeLabel =
            options.outOfScopeLabel ?? contents.outOfScopeLabel ?? Self.outOfScopeLabel(among: definitions)
        self.init(
            file: path,
            digest: sha256(of: bytes),
            texts: contents.texts,
            outOfScopeLabel: outOfScopeLabel,
            labels: definitions.filter { $0.name != outOfScopeLabel },
            fallback: contents.fallback,
            rowUnit: format == .yaml ? .example : .line
        )
    }

    private static func format(of path: String) throws(DataFileError) -> DataFormat {
        let name = path.lowercased()
        for format in DataFormat.allCases where format.suffixes.contains(where: name.hasSuffix) { return format }
        let known = DataFormat.allCases.flatMap(\.suffixes).joined(separator: ", ")
        let reason = "the suffix does not say how the texts are written; expected one of \(known), or - for JSON Lines"
        throw .file(path, reason: reason)
    }

    /// The label that is spelled as one of texts out of scope, where there is exactly one.
    private static func outOfScopeLabel(among labels: [LabelDefinition]) -> String? {
        let found = labels.map(\.name).filter(outOfScopeNames.contains)
        return found.count == 1 ? found[0] : nil
    }

    /// The labels of `texts` with the first route that each has.
    private static func definitions(of texts: [LabelledText]) -> [LabelDefinition] {
        var positions: [String: Int] = [:]
        var definitions: [LabelDefinition] = []
        for text in texts {
            if let position = positions[text.label] {
                if definitions[position].route == nil { definitions[position].route = text.route }
            } else {
                positions[text.label] = definitions.count
                definitions.append(LabelDefinition(name: text.label, route: text.route))
            }
        }
        return definitions
    }
}
