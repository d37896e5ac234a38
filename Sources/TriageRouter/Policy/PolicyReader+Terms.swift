import StrictYAML

/// What general terms, and those of a tenant in place of them, consist of, but for the rules.
extension PolicyReader {
    mutating func readHandlers(
        _ node: YAMLNode,
        into handlers: inout [String: Policy.Handler],
        isTenant: Bool
    ) {
        let known = handlers
        let entries = yaml.entries(node, "`handlers`")
        let count = known.count + entries.count { known[$0.name] == nil }
        guard count <= limits.handlers else {
            return yaml.reject(node, "there are \(count) handlers, the limit is \(limits.handlers)")
        }
        for (_, key, value) in entries {
            guard let name = name(key, "a handler's name") else { continue }
            var handler = known[name] ?? Policy.Handler(name: name, route: .remote, price: 0, latency: 0)
            readHandler(value, key: key, into: &handler, known: isTenant ? known : nil)
            handlers[name] = handler
        }
    }

    /// `known` are the general handlers where it is a tenant's.
    private mutating func readHandler(
        _ node: YAMLNode,
        key: YAMLNode,
        into handler: inout Policy.Handler,
        known: [String: Policy.Handler]?
    ) {
        let place = "handler `\(handler.name)`"
        let general = known?[handler.name]
        guard let fields = yaml.mapping(node, place, keys: PolicyKeys.handler) else { return }
        if general != nil, node.count == 0 { yaml.reject(node, "\(place) has neither `price` nor `latency_ms`") }
        let missing = PolicyKeys.handler.filter { fields[$0] == nil }.map { "`\($0)`" }.joined(separator: ", ")
        if general == nil, !missing.isEmpty {
            let name = handler.name
            yaml.reject(
                key,
                known.map {
                    "\(place) is not among those of everyone, and a new one needs \(missing)\(suggestion(for: name, among: $0.keys))"
                }
                    ?? "\(place) lacks \(missing)"
            )
        }
        if let node = fields["route"], let route = readRoute(node) {
            handler.route = route
            if let general, route != general.route {
                yaml.reject(
                    node,
                    "\(place) is \(general.route.rawValue) for everyone; a tenant can change its price and latency"
                )
            }
        }
        if let node = fields["price"] {
            handler.price = yaml.number(node, "`price` of \(place)", in: 0...limits.price) ?? 0
        }
        if let node = fields["latency_ms"] {
            handler.latency = yaml.number(node, "`latency_ms` of \(place)", in: 0...limits.latency) ?? 0
        }
    }

    private mutating func readRoute(_ node: YAMLNode) -> Policy.Route? {
        guard let text = yaml.text(node, "`route`") else { return nil }
        if let route = Policy.Route(rawValue: text) { return route }
        let routes = Policy.Route.allCases.map(\.rawValue)
        let nearest = suggestion(for: text, among: routes)
        yaml.reject(
            node,
            "`route` is `\(text)`, expected \(routes.joined(separator: ", "))\(nearest)"
        )
        return nil
    }

    mutating func readLabels(_ node: YAMLNode, into terms: inout Policy.Terms, isTenant: Bool) {
        let known = terms.labels
        for (_, key, value) in yaml.entries(node, "`labels`") {
            guard let name = name(key, "a label") else { continue }
            if isTenant, known[name] == nil {
                yaml.reject(
                    key,
                    "label `\(name)` is not among those of everyone\(suggestion(for: name, among: known.keys))"
                )
                continue
            }
            var label = known[name] ?? Policy.LabelTerms(handler: "", line: 1)
            label.line = key.line
            if value.isScalar {
                label.handler = handlerName(value, "label `\(name)`", among: terms.handlers)?.name ?? ""
            } else if let fields = yaml.mapping(
                value,
                "label `\(name)`",
                keys: PolicyKeys.label,
                required: isTenant ? [] : ["to"]
            ) {
                if fields.isEmpty, isTenant { yaml.reject(value, "label `\(name)` has neither `to` nor `threshold`") }
                if let node = fields["to"] {
                    label.handler = handlerName(node, "`to` of label `\(name)`", among: terms.handlers)?.name ?? ""
                }
                if let node = fields["threshold"] { label.threshold = share(node, "`threshold` of label `\(name)`") }
            }
            terms.labels[name] = label
        }
    }

    mutating func readThresholds(_ node: YAMLNode, into thresholds: inout Policy.Thresholds) {
        guard let fields = yaml.mapping(node, "`thresholds`", keys: PolicyKeys.thresholds) else { return }
        if let node = fields["confidence"] { thresholds.confidence = share(node, "`confidence`") }
        if let node = fields["margin"] { thresholds.margin = share(node, "`margin`") }
        if let node = fields["out_of_scope"] { thresholds.outOfScope = share(node, "`out_of_scope`") }
    }

    mutating func readFallback(_ node: YAMLNode, into terms: inout Policy.Terms, isTenant: Bool) {
        let handlers = terms.handlers
        if node.isScalar {
            let name = fallbackName(node, "`fallback`", among: handlers)
            terms.fallback = .init(ambiguous: [name], outOfScope: name, unavailable: name, tooLong: name)
            return
        }
        let required = isTenant ? [] : PolicyKeys.fallback
        guard let fields = yaml.mapping(node, "`fallback`", keys: PolicyKeys.fallback, required: required) else {
            return
        }
        if let node = fields["ambiguous"] {
            let nodes = node.isSequence ? yaml.sequence(node, "`ambiguous`") : [node]
            if nodes.isEmpty { yaml.reject(node, "`ambiguous` is empty") }
            if nodes.count > limits.values {
                yaml.reject(node, "`ambiguous` has \(nodes.count) handlers, the limit is \(limits.values)")
            }
            terms.fallback.ambiguous = nodes.prefix(limits.values).map {
                fallbackName($0, "`ambiguous`", among: handlers)
            }
        }
        if let node = fields["out_of_scope"] {
            terms.fallback.outOfScope = fallbackName(node, "`out_of_scope`", among: handlers)
        }
        if let node = fields["unavailable"] {
            terms.fallback.unavailable = fallbackName(node, "`unavailable`", among: handlers)
        }
        if let node = fields["too_long"] {
            terms.fallback.tooLong = fallbackName(node, "`too_long`", among: handlers)
        }
    }

    mutating func readLimits(_ node: YAMLNode, into terms: inout Policy.Terms) {
        guard let fields = yaml.mapping(node, "`limits`", keys: PolicyKeys.limits) else { return }
        if let node = fields["bytes"] {
            terms.maximumBytes = yaml.integer(node, "`bytes`", in: 1...limits.textBytes) ?? terms.maximumBytes
        }
        if let node = fields["tokens"] {
            terms.maximumTokens = yaml.integer(node, "`tokens`", in: 1...limits.tokens)
        }
    }
}
