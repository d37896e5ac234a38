import CommandSupport
import StrictJSON
import TriageModel
import TriageRouter

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

    init(model: TriageModel, top: Int, isExplained: Bool, hasLogits: Bool, hasText: Bool, columns: Int?) {
        self.model = model
        self.top = top
        self.isExplained = isExplained
        self.hasLogits = hasLogits
        self.hasText = hasText
        self.columns = columns
        modelObject = .object(["name": .string(model.name), "identity": .string(model.identity)])
        let longestRoute = model.labels.map { columnCount(of: visible($0.route ?? $0.name)) }.max() ?? 0
        routeColumns = longestRoute + (model.decision == nil ? 0 : 1)
        labelColumns = model.labels.map { columnCount(of: visible($0.name)) }.max() ?? 0
    }

    // MARK: For programs

    func object(_ decision: RouteDecision, of query: Query, micros: Double) -> [UInt8] {
        var members: [JSONObject.Member] = []
        func add(_ key: String, _ value: JSONValue) { members.append(.init(key: key, value: value)) }
        add("id", query.id)
        if hasText { add("text", .string(query.text)) }
        add("route", decision.route.isEmpty ? .null : .string(decision.route))
        if let target = decision.target { add("target", .string(target)) }
        add("label", .string(decision.label))
        add("confidence", JSONValue(decision.confidence))
        add("margin", JSONValue(decision.margin))
        add("out_of_scope", decision.outOfScope.map { JSONValue($0) } ?? .null)
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
        add("stage", .string(decision.classification.stage.rawValue))
        add("first_stage", .bool(decision.usesFirstStage))
        add("model", modelObject)
        add("backend", .string(model.backend))
        add("tokens", JSONValue(decision.classification.tokenCount))
        if isExplained { add("maximum_tokens", JSONValue(model.maximumTokenCount)) }
        add("truncated", .bool(decision.classification.isTruncated))
        add("micros", .number((micros * 10).rounded() / 10))
        return jsonLine(JSONObject(uniqueMembers: members))
    }

    // MARK: For people

    func lines(_ decision: RouteDecision, of query: Query) -> [UInt8] {
        var fields = [
            (visible(decision.route) + (decision.outcome == .abstained ? "?" : "")).padded(to: routeColumns),
            percent(decision.confidence).rightAligned(to: 7),
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

    private func explanation(of decision: RouteDecision) -> [String] {
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
        return lines + [
            "  outcome  \(decision.outcome.rawValue): \(visible(decision.reason.description))",
            "  read     \(reading)",
            "  decided  by \(stage)\(visible(model.name)) on \(model.backend), \(model.identity)",
        ]
    }

    private func percent(_ share: Float) -> String { CommandSupport.percent(Double(share)) }
}
