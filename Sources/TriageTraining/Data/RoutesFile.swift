import Yams

/// Reads a routes file: labels with their routes, handlers and examples, texts out of scope, and fallback routes.
///
///     labels:
///       - name: refund_status
///         route: script
///         target: refunds.lookup
///         examples: [where is my refund, when do i get my money back]
///     out_of_scope: [who won the world cup]
///     fallback: {ambiguous: human, out_of_scope: remote}
///
/// Scalars are texts as they are written (`no` and `404` among them), but for a plain `null`, `~` or nothing, which is
/// the absence of a value. Anchors, tags and further documents are errors.
enum RoutesFile {
    /// The label of the texts under `out_of_scope`, where nobody gives them another.
    static let outOfScopeLabel = "out_of_scope"

    /// Throws `rows` where something in the file is not as it must be, with each place.
    static func read(
        _ bytes: [UInt8],
        file: String,
        outOfScopeLabel: String?,
        limits: DataLimits
    ) throws(DataFileError) -> DataContents {
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else {
            throw .file(file, reason: "not valid UTF-8")
        }
        if let row = YAMLGuard.defect(in: content) { throw .rows(file: file, BadRows(row)) }
        let root: Node?
        do {
            // The basic resolver leaves plain scalars as they are; nesting is bounded by the parser, at 1000 levels.
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch {
            throw (error as? YamlError)?.defect(file: file) ?? .file(file, reason: "not YAML")
        }
        guard let root else { throw .file(file, reason: "empty; expected `labels`") }
        var walk = RoutesWalk(file: file, outOfScopeLabel: outOfScopeLabel ?? Self.outOfScopeLabel, limits: limits)
        try walk.read(root)
        return try walk.finished()
    }
}

extension YamlError {
    /// The error with its place and without the text of the file, which `description` repeats.
    fileprivate func defect(file: String) -> DataFileError {
        switch self {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            let reason = "not YAML: " + (context.map { "\($0.text) on line \($0.mark.line): " } ?? "") + problem
            return .rows(file: file, BadRows(BadRow(line: mark.line, column: mark.column, reason: reason)))
        case .composer(let context, let problem, let mark, _):
            let reason = "not YAML: " + (context.map { $0.text + " " } ?? "") + problem
            return .rows(file: file, BadRows(BadRow(line: mark.line, column: mark.column, reason: reason)))
        case .reader(let problem, let offset?, _, let yaml):
            let line = yaml.prefix(offset).count { $0.isNewline } + 1
            return .rows(file: file, BadRows(BadRow(line: line, reason: "not YAML: \(problem)")))
        case .duplicatedKeysInMapping(let keys, let context):
            let reason = "key `\(keys.first ?? "")` occurs twice in the same mapping"
            return .rows(file: file, BadRows(BadRow(line: context.mark.line, reason: reason)))
        default: return .file(file, reason: "not YAML")
        }
    }
}
