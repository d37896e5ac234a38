import CommandSupport
import StrictJSON
import TriageModel
import TriageRouter

extension Reason {
    /// Stands where a confidence would, for a decision without one.
    fileprivate var word: String {
        switch self {
        case .rule: "rule"
        case .outOfScope: "unknown"
        case .tooLong: "long"
        case .deadlinePassed: "late"
        default: "error"
        }
    }
}

/// How decisions are printed.
struct DecisionFormat: Sendable {
    let model: TriageModel
    /// Labels to print with their probabilities.
    let top: Int
    let isExplained: Bool
    let hasLogits: Bool
    let hasText: Bool
    /// The width of the terminal; nil where the output goes elsewhere and is not cut.
    let columns: Int?

    private let modelObject: JSONValue
    private let routeColumns: Int
    private let labelColumns: Int

    init(router: Router, top: Int, isExplained: Bool, hasLogits: Bool, hasText: Bool, columns: Int?) {
        model = router.model
        self.top = top
        self.isExplained = isExplained
        self.hasLogits = hasLogits
        self.hasText = hasText
        self.columns = columns
        modelObject = .object(["name": .string(model.name), "identity": .string(model.identity)])
        let hasPolicy = !router.policyIdentity.isEmpty
        let routes = hasPolicy ? router.handlerNames : model.labels.map { $0.route ?? $0.name }
        let longestRoute = routes.map { columnCount(of: visible($0)) }.max() ?? 0
        routeColumns = longestRoute + (hasPolicy || model.decision != nil ? 1 : 0)
        labelColumns = model.labels.map { columnCount(of: visible($0.name)) }.max() ?? 0
    }

    // MARK: For programs

    func object(_ decision: RouteDecision, of query: Query, micros: Double) -> [UInt8] {
        jsonLine(json(decision, of: query, micros: micros))
    }

    func json(_ decision: RouteDecision, of query: Query, micros: Double) -> JSONObject {
        var members: [JSONObject.Member] = []
        func add(_ key: String, _ value: JSONValue) { members.append(.init(key: key, value: value)) }
        add("id", query.id)
        if hasText { add("text", .string(query.text)) }
        add("route", decision.route.isEmpty ? .null : .string(decision.route))
        if let target = decision.target { add("target", .string(target)) }
        let isAsked = !decision.label.isEmpty
        add("label", isAsked ? .string(decision.label) : .null)
        add("confidence", isAsked ? JSONValue(decision.confidence) : .null)
        add("margin", isAsked ? JSONValue(decision.margin) : .null)
        add("out_of_scope", decision.outOfScope.map { JSONValue($0) } ?? .null)
        if let expectation = decision.expectation {
            let members: JSONObject = [
                "cost": .number(expectation.cost), "saving": .number(expectation.saving),
                "latency_ms": .number(expectation.milliseconds), "currency": .string(decision.currency),
            ]
            add("expected", .object(members))
        }
        if top > 0 {
            let scores = decision.scores.prefix(top).map { score in
                JSONValue.object(["label": .string(score.label), "probability": JSONValue(score.probability)])
            }
            add("scores", .array(scores))
        }
        if hasLogits {
            let logits = zip(model.labels, decision.classification.logits).map { label, logit in
                JSONObject.Member(key: label.name, value: JSONValue(logit))
            }
            add("logits", .object(JSONObject(uniqueMembers: logits)))
        }
        if isExplained, let nearest = decision.classification.nearestExample.flatMap(model.example) {
            add("nearest", .object(["text": .string(nearest.text), "label": .string(nearest.label)]))
        }
        add("outcome", .string(decision.outcome.rawValue))
        add("reason", .string(decision.reason.description))
        add("stage", isAsked ? .string(decision.classification.stage.rawValue) : .null)
        add("first_stage", .bool(decision.usesFirstStage))
        add("model", modelObject)
        if !decision.policyIdentity.isEmpty { add("policy", .string(decision.policyIdentity)) }
        add("backend", .string(decision.backend))
        add("tokens", isAsked ? JSONValue(decision.classification.tokenCount) : .null)
        if isExplained { add("maximum_tokens", JSONValue(model.maximumTokenCount)) }
        add("truncated", .bool(decision.classification.isTruncated))
        add("micros", .number((micros * 10).rounded() / 10))
        return JSONObject(uniqueMembers: members)
    }

    // MARK: For people

    func lines(_ decision: RouteDecision, of query: Query) -> [UInt8] {
        var fields = [
            handler(of: decision).padded(to: routeColumns),
            (decision.label.isEmpty ? decision.reason.word : percent(decision.confidence)).rightAligned(to: 7),
        ]
        if !isExplained {
            // The first is the decision itself, unless the route has another name than the label.
            let isRepeated = decision.scores.first?.label == decision.route
            fields += decision.scores.prefix(top).dropFirst(isRepeated ? 1 : 0).map { score in
                "\(visible(score.label).padded(to: labelColumns)) \(percent(score.probability).rightAligned(to: 7))"
            }
        }
        fields.append(visible(query.text))
        var lines = [fields.joined(separator: "  ")]
        if isExplained { lines += explanation(of: decision) }
        if let columns { lines = lines.map { fitted($0, columns: columns) } }
        return lines.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }
    }

    /// The route, by a policy with the handler, and a mark where it is a fallback.
    private func handler(of decision: RouteDecision) -> String {
        let target = decision.policyIdentity.isEmpty ? nil : decision.target
        let names = [decision.route, target].compactMap(\.self).map(visible)
        return names.joined(separator: " ") + (decision.outcome == .classified ? "" : "?")
    }

    private func explanation(of decision: RouteDecision) -> [String] {
        let outcome = "  outcome  \(decision.outcome.rawValue): \(visible(decision.reason.description))"
        var costs: [String] = []
        if let expectation = decision.expectation {
            let cost = "\(figure(expectation.cost)) \(decision.currency)", saving = figure(expectation.saving)
            costs = ["  costs    \(cost), saves \(saving), takes \(figure(expectation.milliseconds)) ms"]
        }
        guard !decision.label.isEmpty else { return [outcome] + costs }
        let scores = decision.scores.map { score in
            let label = visible(score.label).padded(to: labelColumns)
            let probability = percent(score.probability).rightAligned(to: 7)
            return "  \(label)  \(bar(Double(score.probability), width: 24))  \(probability)"
        }
        let reading =
            decision.classification.isTruncated
            ? "the first \(decision.classification.tokenCount) tokens of a longer text; the rest was cut"
            : "all \(decision.classification.tokenCount) tokens of the text, of at most \(model.maximumTokenCount)"
        let stage =
            switch decision.classification.stage {
            case .first: "the first stage of "
            case .whole: model.usesFirstStage ? "the whole of " : ""
            }
        var lines = scores + ["  margin   \(percent(decision.margin)) over the next label"]
        if let outOfScope = decision.outOfScope {
            lines.append("  strange  more than \(percent(outOfScope)) of what is in scope")
        }
        if let nearest = decision.classification.nearestExample.flatMap(model.example) {
            lines.append("  nearest  \(visible(nearest.text)) (\(visible(nearest.label)))")
        }
        let decider = "  decided  by \(stage)\(visible(model.name)) on \(decision.backend), \(model.identity)"
        return lines + [outcome] + costs + ["  read     \(reading)", decider]
    }

    private func percent(_ share: Float) -> String { CommandSupport.percent(Double(share)) }
}
