import StrictYAML

/// A rule and where the file has it.
struct PlacedRule {
    let rule: Policy.Rule
    let node: YAMLNode
    /// Where its text condition is.
    let text: YAMLNode?
}

extension PolicyReader {
    /// Reads a list of rules, whose names must differ from one another and from those of `generalRules`.
    mutating func readRules(
        _ node: YAMLNode,
        handlers: [String: Policy.Handler]
    ) -> [PlacedRule] {
        var lines: [String: Int] = [:]
        var rules: [PlacedRule] = []
        for node in yaml.sequence(node, "`rules`") {
            guard ruleCount < limits.rules else {
                // Once is enough: the next list ends here as well.
                if ruleCount == limits.rules { yaml.reject(node, "more than \(limits.rules) rules in all") }
                ruleCount += 1
                break
            }
            ruleCount += 1
            guard let rule = readRule(node, handlers: handlers) else { continue }
            let name = rule.rule.name
            if let line = lines[name] ?? generalRules[name] {
                yaml.reject(node, "rule `\(name)` is also defined on line \(line); the name must tell them apart")
            } else {
                lines[name] = node.line
            }
            rules.append(rule)
        }
        return rules
    }

    /// Nil where it has no name to report it by.
    private mutating func readRule(_ node: YAMLNode, handlers: [String: Policy.Handler]) -> PlacedRule? {
        guard
            let fields = yaml.mapping(node, "a rule", keys: PolicyKeys.rule, required: ["name", "to"]),
            let name = fields["name"].flatMap({ name($0, "a rule's name") })
        else { return nil }
        let place = "rule `\(name)`"
        var rule = Policy.Rule(name: name, handler: "", metadata: [:], line: node.line)
        if let node = fields["to"] {
            rule.handler = handlerName(node, "`to` of \(place)", among: handlers)?.name ?? ""
        }
        let given = ["exact", "prefix", "pattern"].filter { fields[$0] != nil }
        if given.count > 1 {
            let names = given.map { "`\($0)`" }.joined(separator: " and ")
            yaml.reject(node, "\(place) has \(names); write a rule for each")
        } else if given.isEmpty, fields["tokens"] == nil, fields["metadata"] == nil {
            yaml.reject(
                node,
                "\(place) has no condition, so that nothing would get past it; give it one of exact, prefix, pattern, tokens, "
                    + "metadata"
            )
        }
        if let node = fields["exact"] { rule.text = texts(node, "`exact` of \(place)").map { .exact($0) } }
        if let node = fields["prefix"] { rule.text = texts(node, "`prefix` of \(place)").map { .prefix($0) } }
        if let node = fields["pattern"] { rule.text = yaml.text(node, "`pattern` of \(place)").map { .pattern($0) } }
        if let node = fields["tokens"] { rule.tokens = readTokens(node, place) }
        if let node = fields["metadata"] { rule.metadata = readMetadata(node, place) }
        return PlacedRule(rule: rule, node: node, text: given.first.flatMap { fields[$0] })
    }

    private mutating func readTokens(_ node: YAMLNode, _ place: String) -> ClosedRange<Int>? {
        guard let fields = yaml.mapping(node, "`tokens` of \(place)", keys: PolicyKeys.tokens) else { return nil }
        if fields.isEmpty { yaml.reject(node, "`tokens` of \(place) has neither `at_least` nor `at_most`") }
        let range = 1...limits.tokens
        let lower = fields["at_least"].map { yaml.integer($0, "`at_least` of \(place)", in: range) } ?? 0
        let upper = fields["at_most"].map { yaml.integer($0, "`at_most` of \(place)", in: range) } ?? .max
        guard let lower, let upper else { return nil }
        guard lower <= upper else {
            yaml.reject(node, "\(place) can never apply: no text has at least \(lower) and at most \(upper) tokens")
            return nil
        }
        return lower...upper
    }

    private mutating func readMetadata(_ node: YAMLNode, _ place: String) -> [String: [String]] {
        var metadata: [String: [String]] = [:]
        for (_, key, value) in yaml.entries(node, "`metadata` of \(place)") {
            guard let name = name(key, "a key of `metadata` of \(place)") else { continue }
            if metadataKeys[name] == nil {
                guard metadataKeys.count < limits.metadataKeys else {
                    yaml.reject(
                        key,
                        "`\(name)` is one key more than the \(limits.metadataKeys) that rules may ask for in all"
                    )
                    continue
                }
                metadataKeys[name] = metadataKeys.count
            }
            metadata[name] = texts(value, "`\(name)` of \(place)")
        }
        return metadata
    }

    /// One text or a list of them; nil where there is none.
    private mutating func texts(_ node: YAMLNode, _ place: String) -> [String]? {
        guard node.isSequence else { return yaml.text(node, place).map { [$0] } }
        let nodes = yaml.sequence(node, place)
        if node.count == 0 { yaml.reject(node, "\(place) is empty") }
        guard nodes.count <= limits.values else {
            yaml.reject(node, "\(place) has \(nodes.count) values, the limit is \(limits.values)")
            return nil
        }
        let texts = nodes.compactMap { yaml.text($0, "a value of \(place)") }
        return texts.isEmpty ? nil : texts
    }

    // MARK: All rules together

    /// Compiles the text conditions and notes rules that can never apply. Each list is looked at on its own: that a tenant's
    /// rule takes texts from a general one is what it is for.
    mutating func checkReachability(of lists: [[PlacedRule]]) {
        let texts = lists.joined().filter { $0.rule.text != nil }
        // What could not be read might have made the difference.
        guard let conditions = compile(texts), yaml.defects.isEmpty else { return }
        var search = UnreachableRules(conditions: conditions, keys: metadataKeys, steps: limits.comparisons)
        for rules in lists {
            let isComplete = search.find(in: rules.map(\.rule)) { later, earlier in
                let first = rules[earlier].rule
                yaml.reject(
                    rules[later].node,
                    "rule `\(rules[later].rule.name)` can never apply: rule `\(first.name)` on line \(first.line) comes before "
                        + "it and applies wherever it would"
                )
            }
            if !isComplete, let rule = rules.first {
                let reason = "the rules from here on are too many and too long to be compared with one another; "
                return yaml.reject(rule.node, reason + "write fewer values")
            }
        }
    }

    /// Nil, and a note of each that is wrong, where they cannot be compiled.
    private mutating func compile(_ rules: [PlacedRule]) -> TextConditions? {
        var rest = rules[...]
        // More are not listed. Every attempt goes on after the one that failed: what a set may cost is bounded.
        for _ in 0..<FileDefects.listedCount {
            do throws(TextConditionError) {
                let conditions = try TextConditions(rest.compactMap(\.rule.text))
                return rest.count == rules.count ? conditions : nil
            } catch {
                let index = rest.startIndex + error.index
                yaml.reject(rules[index].text ?? rules[index].node, "rule `\(rules[index].rule.name)`: \(error.reason)")
                rest = rules[(index + 1)...]
            }
        }
        return nil
    }
}
