import TriageModel

/// A policy bound to a model, or the model's own settings where there is no policy. Immutable, shared by threads.
struct BoundPolicy: Sendable {
    /// `Policy.identity`; empty where there is no policy.
    let identity: String
    let currency: String
    let rules: RuleBook?
    /// Names and handlers of the rules, by their numbers in the book.
    let ruleNames: [String], ruleHandlers: [String]
    private let general: Plan
    private let tenants: [String: Plan]

    /// The model's own settings.
    init(_ model: TriageModel) {
        identity = ""
        currency = ""
        rules = nil
        (ruleNames, ruleHandlers) = ([], [])
        general = Plan(model)
        tenants = [:]
    }

    /// - Throws: `PolicyError` with the lines of labels that the model lacks, and of rules that cannot be compiled.
    init(_ policy: Policy, _ model: TriageModel) throws(PolicyError) {
        let defects = policy.defects(labels: model.labels.map(\.name))
        guard defects.isEmpty else { throw PolicyError(file: policy.file, defects: defects) }
        identity = policy.identity
        currency = policy.currency
        var all = policy.general.rules
        // The greatest of all tenants' for each: what the first stage answers must not depend on who asks.
        let minimumConfidence =
            ([policy.general] + policy.tenants.values).map { terms in
                max(terms.thresholds.confidence ?? 0, terms.labels.values.compactMap(\.threshold).max() ?? 0)
            }.max() ?? 0
        let generalRules = 0..<all.count
        let generalDestinations = policy.general.destinations(baseline: policy.baseline)
        func plan(_ terms: Policy.Terms, rules: [Range<Int>]) -> Plan {
            // Shared, not made again for each of thousands of tenants.
            let isGeneral = terms.handlers == policy.general.handlers
            return Plan(
                terms,
                model,
                destinations: isGeneral ? generalDestinations : terms.destinations(baseline: policy.baseline),
                minimumConfidence: minimumConfidence,
                rules: rules
            )
        }
        general = plan(policy.general, rules: [generalRules])
        var tenants: [String: Plan] = [:]
        for (name, terms) in policy.tenants.sorted(by: { $0.key < $1.key }) {
            let own = all.count..<all.count + terms.rules.count
            all += terms.rules
            tenants[name] = plan(terms, rules: [own, generalRules])
        }
        self.tenants = tenants
        ruleNames = all.map(\.name)
        ruleHandlers = all.map(\.handler)
        do throws(TextConditionError) { rules = all.isEmpty ? nil : try RuleBook(all) } catch {
            let rule = all.filter { $0.text != nil }[error.index]
            let defect = PolicyDefect(line: rule.line, column: nil, reason: "rule `\(rule.name)`: \(error.reason)")
            throw PolicyError(file: policy.file, defects: [defect])
        }
    }

    /// Whether the tenant is one that the policy names.
    func hasTerms(of tenant: String) -> Bool { tenants[tenant] != nil }

    /// The handlers of the general terms, as `route target`.
    var handlerNames: [String] { general.destinations.values.map { "\($0.route) \($0.target ?? "")" } }

    func plan(of tenant: String?) -> Plan {
        guard let tenant, !tenants.isEmpty else { return general }
        return tenants[tenant] ?? general
    }
}
