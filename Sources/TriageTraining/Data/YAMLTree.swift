import Yams

/// The document in a YAML file, nil where there is none. Scalars are texts as they are written; anchors and further documents
/// are errors.
///
/// Throws where the bytes are not UTF-8, not YAML, or YAML that would be costly.
func yamlTree(_ bytes: [UInt8], file: String) throws(DataFileError) -> Node? {
    let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    guard let text = String(validating: content, as: UTF8.self) else {
        throw .file(file, reason: "not valid UTF-8")
    }
    if let row = YAMLGuard.defect(in: content) { throw .rows(file: file, BadRows(row)) }
    do {
        // The basic resolver leaves plain scalars as they are; nesting is bounded by the parser, at 1000 levels.
        return try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
    } catch {
        throw (error as? YamlError)?.defect(file: file) ?? .file(file, reason: "not YAML")
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
