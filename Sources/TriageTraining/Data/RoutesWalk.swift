import Yams

/// Takes labels and texts out of the tree of a routes file, noting every place that is not as it must be.
struct RoutesWalk {
    private let file: String
    private let outOfScopeLabel: String
    private let limits: DataLimits
    private var contents = DataContents()
    private var labels: [LabelDefinition] = []
    /// Of each label the line that defines it.
    private var lines: [String: Int] = [:]
    private var badRows = BadRows()

    init(file: String, outOfScopeLabel: String, limits: DataLimits) {
        self.file = file
        self.outOfScopeLabel = outOfScopeLabel
        self.limits = limits
    }

    /// Throws where there are more texts than a file may hold; other errors wait for `finished()`.
    mutating func read(_ root: Node) throws(DataFileError) {
        guard let fields = mapping(root, "a routes file", keys: ["labels", "out_of_scope", "fallback"]) else { return }
        if let labels = fields["labels"] {
            for label in sequence(labels, "`labels`") { try read(label: label) }
        } else {
            reject(root, "no `labels`")
        }
        if let texts = fields["out_of_scope"] {
            if let line = lines[outOfScopeLabel] {
                let reason = "label `\(outOfScopeLabel)` on line \(line) is also that of the texts out of scope; "
                reject(texts, reason + "rename it, or name another label for them")
            }
            contents.outOfScopeLabel = outOfScopeLabel
            try read(examples: texts, "`out_of_scope`", label: outOfScopeLabel, route: nil)
        }
        if let fallback = fields["fallback"],
            let routes = mapping(fallback, "`fallback`", keys: ["ambiguous", "out_of_scope"])
        {
            contents.fallback.ambiguous = name(routes["ambiguous"], "`ambiguous`")
            contents.fallback.outOfScope = name(routes["out_of_scope"], "`out_of_scope`")
        }
    }

    /// What the file holds, where nothing in it is wrong.
    consuming func finished() throws(DataFileError) -> DataContents {
        guard badRows.isEmpty else { throw .rows(file: file, badRows) }
        contents.labels = labels
        return contents
    }

    private mutating func read(label node: Node) throws(DataFileError) {
        guard let fields = mapping(node, "a label", keys: ["name", "route", "target", "examples"]) else { return }
        let route = name(fields["route"], "`route`"), target = name(fields["target"], "`target`")
        guard let nameNode = fields["name"], !Self.isNull(nameNode) else {
            return reject(node, "a label without `name`")
        }
        guard let name = name(nameNode, "`name`") else { return }
        if let line = lines[name] {
            reject(nameNode, "label `\(name)` is also defined on line \(line)")
        } else {
            lines[name] = nameNode.mark?.line ?? 1
            labels.append(LabelDefinition(name: name, route: route, target: target))
        }
        guard let examples = fields["examples"] else { return }
        try read(examples: examples, "`examples`", label: name, route: route)
    }

    private mutating func read(
        examples node: Node,
        _ place: String,
        label: String,
        route: String?
    ) throws(DataFileError) {
        for example in sequence(node, place) {
            guard contents.texts.count < limits.rows else {
                throw .file(file, reason: "more than \(limits.rows) texts; use a part of them")
            }
            guard let text = string(example, "a text") else { continue }
            let row = contents.texts.count + 1
            contents.texts.append(LabelledText(text: text, label: label, route: route, row: row))
        }
    }

    private mutating func reject(_ node: Node, _ reason: String) {
        badRows.add(BadRow(line: node.mark?.line ?? 1, column: node.mark?.column, reason: reason))
    }

    /// The values of a mapping; nil where it is none. Notes keys other than `keys`.
    private mutating func mapping(_ node: Node, _ place: String, keys: [String]) -> [String: Node]? {
        guard let mapping = node.mapping, !Self.isTagged(node) else {
            reject(node, "\(place) is \(Self.kind(of: node)), expected a mapping with \(keys.joined(separator: ", "))")
            return nil
        }
        var values: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string, keys.contains(name) else {
                let found = key.scalar.map { "key `\($0.string)`" } ?? "key that is \(Self.kind(of: key))"
                reject(key, "unknown \(found) in \(place); expected \(keys.joined(separator: ", "))")
                continue
            }
            values[name] = value
        }
        return values
    }

    private mutating func sequence(_ node: Node, _ place: String) -> [Node] {
        guard let sequence = node.sequence, !Self.isTagged(node) else {
            reject(node, "\(place) is \(Self.kind(of: node)), expected a list")
            return []
        }
        return Array(sequence)
    }

    /// What a scalar says. Nil, and a note, where the node is none.
    private mutating func string(_ node: Node, _ place: String) -> String? {
        guard let scalar = node.scalar, !Self.isNull(node), !Self.isTagged(node) else {
            reject(
                node,
                "\(place) is \(Self.kind(of: node)), expected a text (in quotes where YAML reads it as another)"
            )
            return nil
        }
        guard !scalar.string.utf8.contains(0) else {
            reject(node, "\(place) contains a NUL character")
            return nil
        }
        return scalar.string
    }

    /// A name of a label, route or handler; nil where there is none, with a note where it cannot be one.
    private mutating func name(_ node: Node?, _ place: String) -> String? {
        guard let node, !Self.isNull(node), let name = string(node, place) else { return nil }
        if let defect = nameDefect(name) {
            reject(node, "\(place) \(defect)")
            return nil
        }
        return name
    }

    /// Whether the node has a tag of its own.
    private static func isTagged(_ node: Node) -> Bool {
        ![Tag.Name.str, .seq, .map].map(\.rawValue).contains(node.tag.rawValue)
    }

    private static func isNull(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private static func kind(of node: Node) -> String {
        if isTagged(node) { return "tagged" }
        return switch node {
        case .scalar: isNull(node) ? "nothing" : "a text"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}
