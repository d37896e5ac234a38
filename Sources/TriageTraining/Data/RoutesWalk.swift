import StrictYAML

/// Takes labels and texts out of the tree of a routes file, noting every place that is not as it must be.
struct RoutesWalk {
    private let file: String
    private let outOfScopeLabel: String
    private let limits: DataLimits
    private var contents = DataContents()
    private var labels: [LabelDefinition] = []
    /// Of each label the line that defines it.
    private var lines: [String: Int] = [:]
    private var yaml = YAMLReader()

    init(file: String, outOfScopeLabel: String, limits: DataLimits) {
        self.file = file
        self.outOfScopeLabel = outOfScopeLabel
        self.limits = limits
    }

    /// Throws where there are more texts than a file may hold; other errors wait for `finished()`.
    mutating func read(_ root: YAMLNode) throws(DataFileError) {
        guard let fields = yaml.mapping(root, "a routes file", keys: ["labels", "out_of_scope", "fallback"]) else {
            return
        }
        if let labels = fields["labels"] {
            for label in yaml.sequence(labels, "`labels`") { try read(label: label) }
        } else {
            yaml.reject(root, "no `labels`")
        }
        if let texts = fields["out_of_scope"] {
            if let line = lines[outOfScopeLabel] {
                let reason = "label `\(outOfScopeLabel)` on line \(line) is also that of the texts out of scope; "
                yaml.reject(texts, reason + "rename it, or name another label for them")
            }
            contents.outOfScopeLabel = outOfScopeLabel
            try read(examples: texts, "`out_of_scope`", label: outOfScopeLabel, route: nil)
        }
        if let fallback = fields["fallback"],
            let routes = yaml.mapping(fallback, "`fallback`", keys: ["ambiguous", "out_of_scope"])
        {
            contents.fallback.ambiguous = name(routes["ambiguous"], "`ambiguous`")
            contents.fallback.outOfScope = name(routes["out_of_scope"], "`out_of_scope`")
        }
    }

    /// What the file holds, where nothing in it is wrong.
    consuming func finished() throws(DataFileError) -> DataContents {
        guard yaml.defects.isEmpty else { throw .rows(file: file, yaml.defects) }
        contents.labels = labels
        return contents
    }

    private mutating func read(label node: YAMLNode) throws(DataFileError) {
        guard let fields = yaml.mapping(node, "a label", keys: ["name", "route", "target", "examples"]) else { return }
        let route = name(fields["route"], "`route`"), target = name(fields["target"], "`target`")
        guard let nameNode = fields["name"], !nameNode.isNull else {
            return yaml.reject(node, "a label without `name`")
        }
        guard let name = name(nameNode, "`name`") else { return }
        if let line = lines[name] {
            yaml.reject(nameNode, "label `\(name)` is also defined on line \(line)")
        } else {
            lines[name] = nameNode.line
            labels.append(LabelDefinition(name: name, route: route, target: target))
        }
        guard let examples = fields["examples"] else { return }
        try read(examples: examples, "`examples`", label: name, route: route)
    }

    private mutating func read(
        examples node: YAMLNode,
        _ place: String,
        label: String,
        route: String?
    ) throws(DataFileError) {
        for example in yaml.sequence(node, place) {
            guard contents.texts.count < limits.rows else {
                throw .file(file, reason: "more than \(limits.rows) texts; use a part of them")
            }
            guard let text = yaml.text(example, "a text") else { continue }
            let row = contents.texts.count + 1
            contents.texts.append(LabelledText(text: text, label: label, route: route, row: row))
        }
    }

    /// A name of a label, route or handler; nil where there is none, with a note where it cannot be one.
    private mutating func name(_ node: YAMLNode?, _ place: String) -> String? {
        guard let node, !node.isNull else { return nil }
        return yaml.name(node, place)
    }
}
