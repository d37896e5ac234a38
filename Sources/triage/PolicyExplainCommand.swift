import ArgumentParser
import CommandSupport
import StrictJSON
import TriageModel
import TriageRouter

struct PolicyExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Shows step by step how a policy comes to its decision on a text.",
        discussion: """
            Rules come first, a tenant's own before the general ones. Where none applies the model is asked, and its answer must \
            be in scope, sure enough for its label, and clear of the next label; else the fallback for that reason takes over.

            EXAMPLES
              triage policy explain triage.yaml "I lost my card, please block it"
              triage policy explain triage.yaml --tenant acme --metadata channel=phone "is it open today"
              triage policy explain triage.yaml --json "hello" | jq .decision.target

            FIELDS OF --json
              decision    as in classify --json, with the scores of all labels
              own_terms   whether the policy has terms for the tenant
              rules       how many there are for it, and how many were looked at
              asked       what was asked of the model's answer: confidence, margin, out_of_scope; null where any will do
            """
    )

    @Argument(help: ArgumentHelp("The policy.", valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Argument(help: "The text.")
    var text: String

    @OptionGroup var context: ContextOptions
    @OptionGroup var model: ModelOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let policy = try Policy(contentsOf: file)
        let router = try Router(model: model.load(), policy: policy)
        let start = ContinuousClock.now
        let explanation = router.explain(text, context.context)
        let micros = (ContinuousClock.now - start) / .microseconds(1)
        if let failure = explanation.decision.failure {
            var console = Console()
            console.report("triage: \(failure)")
            throw ExitCode(1)
        }
        let format = DecisionFormat(
            router: router,
            top: router.model.labels.count,
            isExplained: true,
            hasLogits: false,
            hasText: false,
            columns: Descriptor.standardOutput.columns
        )
        let query = Query(id: .null, line: 1, text: text)
        try Descriptor.standardOutput.write(
            json
                ? Array((object(explanation, format.json(explanation.decision, of: query, micros: micros)) + "\n").utf8)
                : format.lines(explanation.decision, of: query) + Array((steps(explanation) + "\n").utf8)
        )
    }

    private func object(_ explanation: PolicyExplanation, _ decision: JSONObject) -> String {
        func limit(_ value: Float??) -> JSONValue { (value ?? nil).map { JSONValue($0) } ?? .null }
        let limits = explanation.limits
        let object: JSONObject = [
            "decision": .object(decision), "own_terms": .bool(explanation.hasOwnTerms),
            "rules": .object([
                "count": JSONValue(explanation.ruleCount), "tried": JSONValue(explanation.rulesTried),
            ]),
            "asked": limits == nil
                ? .null
                : .object([
                    "confidence": limit(limits?.confidence), "margin": limit(limits?.margin),
                    "out_of_scope": limit(limits?.outOfScope),
                ]),
        ]
        return JSONValue.object(object).text(pretty: true)
    }

    private func steps(_ explanation: PolicyExplanation) -> String {
        let decision = explanation.decision
        let tenant = context.tenant.map {
            "\(visible($0)), \(explanation.hasOwnTerms ? "with" : "without") terms of its own"
        }
        let rules =
            if case .rule(let name) = decision.reason {
                "\(visible(name)) applies, the \(ordinal(explanation.rulesTried)) of \(explanation.ruleCount)"
            } else {
                "\(explanation.rulesTried) of \(explanation.ruleCount) looked at, none applies"
            }
        var lines = [tenant.map { "  tenant   \($0)" }, "  rules    \(rules)"].compactMap(\.self)
        if let limits = explanation.limits {
            lines.append(
                "  asked    for \(visible(decision.label)): " + asked(limits, decision).joined(separator: "; ")
            )
        }
        return (lines + ["  policy   \(decision.policyIdentity)"]).joined(separator: "\n")
    }

    /// What was asked of the model's answer, beside what it was.
    private func asked(_ limits: PolicyExplanation.Limits, _ decision: RouteDecision) -> [String] {
        func percent(_ share: Float) -> String { CommandSupport.percent(Double(share)) }
        func relation(_ isMet: Bool, _ met: String, _ missed: String) -> String { isMet ? met : missed }
        var parts: [String] = []
        if let limit = limits.outOfScope, let found = decision.outOfScope {
            parts.append("strange \(percent(found)) \(relation(found <= limit, "≤", ">")) \(percent(limit))")
        }
        if let limit = limits.confidence {
            let found = decision.confidence
            parts.append("sure \(percent(found)) \(relation(found >= limit, "≥", "<")) \(percent(limit))")
        }
        if let limit = limits.margin {
            let found = decision.margin
            parts.append("ahead \(percent(found)) \(relation(found >= limit, "≥", "<")) \(percent(limit))")
        }
        return parts.isEmpty ? ["nothing"] : parts
    }

    private func ordinal(_ number: Int) -> String {
        switch (number % 10, number % 100) {
        case (1, let rest) where rest != 11: "\(number)st"
        case (2, let rest) where rest != 12: "\(number)nd"
        case (3, let rest) where rest != 13: "\(number)rd"
        default: "\(number)th"
        }
    }
}
