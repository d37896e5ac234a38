import StrictYAML

/// Takes a policy out of the tree of its file, noting every place that is not as it must be.
///
/// What cannot be read is left out or replaced by something harmless, so that it is not reported again where it is used.
struct PolicyReader {
    let limits: PolicyLimits
    var yaml = YAMLReader()
    /// General rules and those of tenants that were read so far.
    var ruleCount = 0
    /// Keys of metadata that rules ask for, numbered.
    var metadataKeys: [String: Int] = [:]
    /// Of each general rule, once all are read, the line.
    var generalRules: [String: Int] = [:]

    private var currency = ""
    private var baseline = ""
    private var labelsLine = 1
    private var general = Policy.Terms(
        handlers: [:],
        labels: [:],
        thresholds: Policy.Thresholds(),
        fallback: Policy.Fallback(ambiguous: [""], outOfScope: "", unavailable: "", tooLong: ""),
        maximumBytes: Policy.defaultMaximumBytes,
        rules: []
    )
    private var tenants: [String: Policy.Terms] = [:]

    init(limits: PolicyLimits) { self.limits = limits }

    /// What was read; nil where anything in it is wrong.
    func policy(identity: String, file: String) -> Policy? {
        guard yaml.defects.isEmpty else { return nil }
        return Policy(
            identity: identity,
            file: file,
            currency: currency,
            baseline: baseline,
            general: general,
            tenants: tenants,
            labelsLine: labelsLine
        )
    }

    mutating func read(_ root: YAMLNode) {
        guard
            let fields = yaml.mapping(
                root,
                "a policy",
                keys: PolicyKeys.policy,
                required: PolicyKeys.requiredOfPolicy
            )
        else { return }
        if let node = fields["version"] { _ = yaml.integer(node, "`version`, that of the format,", in: 1...1) }
        if let node = fields["currency"] { currency = readCurrency(node) }
        labelsLine = fields["labels"]?.line ?? 1
        var terms = general
        let rules = readTerms(fields, into: &terms, isTenant: false)
        terms.rules = rules.map(\.rule)
        general = terms
        for rule in general.rules { generalRules[rule.name] = rule.line }
        if let node = fields["baseline"] {
            baseline = handlerName(node, "`baseline`", among: general.handlers)?.name ?? ""
        }
        var lists = [rules]
        if let node = fields["tenants"] { readTenants(node, rules: &lists) }
        checkReachability(of: lists)
    }

    private mutating func readCurrency(_ node: YAMLNode) -> String {
        guard let text = yaml.text(node, "`currency`") else { return "" }
        if text.utf8.count != 3 || !text.utf8.allSatisfy((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains) {
            yaml.reject(node, "`currency` must be three capital letters, such as USD")
        }
        return text
    }

    // MARK: Terms of all, and of a tenant in place of these

    /// Replaces what the fields name; gives the rules.
    private mutating func readTerms(
        _ fields: [String: YAMLNode],
        into terms: inout Policy.Terms,
        isTenant: Bool
    ) -> [PlacedRule] {
        if let node = fields["handlers"] { readHandlers(node, into: &terms.handlers, isTenant: isTenant) }
        if let node = fields["labels"] { readLabels(node, into: &terms, isTenant: isTenant) }
        if let node = fields["thresholds"] { readThresholds(node, into: &terms.thresholds) }
        if let node = fields["fallback"] { readFallback(node, into: &terms, isTenant: isTenant) }
        if let node = fields["limits"] { readLimits(node, into: &terms) }
        guard let node = fields["rules"] else { return [] }
        return readRules(node, handlers: terms.handlers)
    }

    private mutating func readTenants(_ node: YAMLNode, rules: inout [[PlacedRule]]) {
        let entries = yaml.entries(node, "`tenants`")
        if entries.count > limits.tenants {
            return yaml.reject(node, "`tenants` has \(entries.count) of them, the limit is \(limits.tenants)")
        }
        var copied = 0
        for (_, key, value) in entries {
            guard let name = name(key, "a tenant's name"),
                let fields = yaml.mapping(value, "tenant `\(name)`", keys: PolicyKeys.tenant)
            else { continue }
            guard value.count > fields.count || fields.values.contains(where: { $0.count > 0 || $0.isScalar }) else {
                yaml.reject(key, "tenant `\(name)` has nothing of its own; remove it, or say what differs")
                continue
            }
            if let own = fields["handlers"] { copied += general.handlers.count + own.count }
            if let own = fields["labels"] { copied += general.labels.count + own.count }
            guard copied <= limits.tenantEntries else {
                let reason =
                    "together the tenants up to `\(name)` that have handlers or labels of their own have more than "
                return yaml.reject(key, reason + "\(limits.tenantEntries) of them, those of everyone included")
            }
            var terms = general
            let own = readTerms(fields, into: &terms, isTenant: true)
            terms.rules = own.map(\.rule)
            tenants[name] = terms
            rules.append(own)
        }
    }

    // MARK: Values

    mutating func name(_ node: YAMLNode, _ place: String) -> String? {
        yaml.name(node, place, maximumBytes: limits.nameBytes)
    }

    mutating func share(_ node: YAMLNode, _ place: String) -> Float? {
        yaml.number(node, place, in: 0...1).map { Float($0) }
    }

    /// The handler that a node names; nil where there is none.
    mutating func handlerName(
        _ node: YAMLNode,
        _ place: String,
        among handlers: [String: Policy.Handler]
    ) -> Policy.Handler? {
        guard let name = name(node, place) else { return nil }
        if let handler = handlers[name] { return handler }
        // Where no handler could be read, that has been said.
        if !handlers.isEmpty {
            yaml.reject(
                node,
                "\(place) names an unknown handler `\(name)`\(suggestion(for: name, among: handlers.keys))"
            )
        }
        return nil
    }

    mutating func fallbackName(
        _ node: YAMLNode,
        _ place: String,
        among handlers: [String: Policy.Handler]
    ) -> String {
        guard let handler = handlerName(node, place, among: handlers) else { return "" }
        if handler.route == .script {
            yaml.reject(
                node,
                "\(place) leads to the script `\(handler.name)`; a fallback must be a capable model or a person"
            )
        }
        return handler.name
    }
}
