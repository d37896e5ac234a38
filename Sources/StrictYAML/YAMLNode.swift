import Yams

/// A node of a YAML document, with its place. Scalars are texts as they are written.
package struct YAMLNode {
    let node: Node

    init(_ node: Node) { self.node = node }

    /// The document in a YAML file, nil where there is none. Anchors, aliases and further documents are errors.
    ///
    /// Takes about a hundred times the memory of `bytes`, whose number is the caller's to bound. Where they are secret errors
    /// quote nothing of them.
    /// - Throws: where the bytes are not UTF-8, not YAML, or YAML that would be costly.
    package init?(parsing bytes: [UInt8], isSecret: Bool = false) throws(FileDefect) {
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else { throw FileDefect(reason: "not valid UTF-8") }
        if let defect = YAMLGuard.defect(in: content) { throw defect }
        do {
            // The basic resolver leaves plain scalars as they are; nesting is bounded by the parser, at 1000 levels.
            guard let root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() else { return nil }
            node = root
        } catch {
            throw (error as? YamlError)?.defect(isSecret: isSecret) ?? FileDefect(reason: "not YAML")
        }
    }

    /// From 1.
    package var line: Int { node.mark?.line ?? 1 }
    /// In Unicode scalars from 1.
    package var column: Int? { node.mark?.column }
    /// Whether it is a scalar, whatever that says.
    package var isScalar: Bool { node.scalar != nil }
    /// Whether it is a list.
    package var isSequence: Bool { node.sequence != nil }
    /// How many keys or elements it has; 0 for a scalar.
    package var count: Int { node.mapping?.count ?? node.sequence?.count ?? 0 }

    /// Whether it says that there is no value.
    package var isNull: Bool {
        guard let scalar = node.scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// Whether it has a tag of its own.
    var isTagged: Bool { ![Tag.Name.str, .seq, .map].map(\.rawValue).contains(node.tag.rawValue) }

    /// What it is, as messages call it.
    var kind: String {
        if isTagged { return "tagged" }
        return switch node {
        case .scalar: isNull ? "nothing" : "a text"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}

extension YamlError {
    /// The error with its place and without the text of the file, which `description` repeats.
    fileprivate func defect(isSecret: Bool) -> FileDefect {
        switch self {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            let reason = "not YAML: " + (context.map { "\($0.text) on line \($0.mark.line): " } ?? "") + problem
            return FileDefect(line: mark.line, column: mark.column, reason: reason)
        case .composer(let context, let problem, let mark, _):
            let reason = "not YAML: " + (context.map { $0.text + " " } ?? "") + problem
            return FileDefect(line: mark.line, column: mark.column, reason: reason)
        case .reader(let problem, let offset?, _, let yaml):
            let line = yaml.prefix(offset).count { $0.isNewline } + 1
            return FileDefect(line: line, reason: "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            let quotation = isSecret ? "a key" : "key `\(keys.first ?? "")`"
            let reason = "\(quotation) occurs twice in the same mapping"
            return FileDefect(line: context.mark.line, reason: reason)
        default: return FileDefect(reason: "not YAML")
        }
    }
}
