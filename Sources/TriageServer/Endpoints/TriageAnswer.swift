import StrictJSON
import TriageModel
import TriageRouter

/// The answer of `POST /v1/triage`.
struct TriageAnswer {
    let decisions: [RouteDecision]
    let request: TriageRequest
    let requestID: String

    /// 503 where no text has a decision or a fallback.
    var status: Answer.Status {
        decisions.allSatisfy { $0.outcome == .unavailable && $0.route.isEmpty } ? .unavailable : .ok
    }

    var body: [UInt8] {
        var json = JSONStream(capacity: 512 * decisions.count)
        if request.isList {
            json.object { json in
                json.key("id")
                json.string(requestID)
                json.key("decisions")
                json.array { json in
                    for decision in decisions { json.object { write(decision, &$0) } }
                }
            }
        } else {
            json.object { json in
                json.key("id")
                json.string(requestID)
                for decision in decisions { write(decision, &json) }
            }
        }
        return json.bytes
    }

    private func write(_ decision: RouteDecision, _ json: inout JSONStream) {
        func text(_ key: String, _ value: String?, _ json: inout JSONStream) {
            json.key(key)
            if let value, !value.isEmpty { json.string(value) } else { json.null() }
        }
        text("outcome", decision.outcome.rawValue, &json)
        text("route", decision.route, &json)
        text("target", decision.target, &json)
        text("label", decision.label, &json)
        let isClassified = !decision.label.isEmpty
        json.key("confidence")
        if isClassified { json.number(decision.confidence) } else { json.null() }
        json.key("margin")
        if isClassified { json.number(decision.margin) } else { json.null() }
        json.key("out_of_scope")
        if let outOfScope = decision.outOfScope { json.number(outOfScope) } else { json.null() }
        text("reason", decision.reason.code, &json)
        text("detail", detail(decision), &json)
        text("model", decision.modelIdentity, &json)
        text("policy", decision.policyIdentity, &json)
        json.key("generation")
        json.integer(decision.generation)
        text("stage", isClassified ? decision.classification.stage.rawValue : nil, &json)
        json.key("tokens")
        if isClassified { json.integer(decision.classification.tokenCount) } else { json.null() }
        json.key("truncated")
        json.bool(decision.classification.isTruncated)
        json.key("expected")
        if let expectation = decision.expectation { write(expectation, decision.currency, &json) } else { json.null() }
        if let timings = decision.timings { write(timings, &json) }
        if request.isExplained {
            json.key("scores")
            json.array { json in
                for score in decision.scores where isClassified {
                    json.object { json in
                        json.key("label")
                        json.string(score.label)
                        json.key("probability")
                        json.number(score.probability)
                    }
                }
            }
        }
    }

    /// The nearest training example is somebody's text, and a failure may name files: the one is shown to who asks for it, the
    /// other to nobody.
    private func detail(_ decision: RouteDecision) -> String {
        switch decision.reason {
        case .outOfScope where !request.isExplained: Reason.outOfScope(nearest: nil).description
        case .failed: "the model failed"
        default: decision.reason.description
        }
    }

    private func write(_ expectation: Expectation, _ currency: String, _ json: inout JSONStream) {
        json.object { json in
            json.key("cost")
            json.number(expectation.cost)
            json.key("saving")
            json.number(expectation.saving)
            json.key("latency_ms")
            json.number(expectation.milliseconds)
            json.key("currency")
            json.string(currency)
        }
    }

    private func write(_ timings: RouteDecision.Timings, _ json: inout JSONStream) {
        json.key("timings")
        json.object { json in
            json.key("tokenize_us")
            json.integer(timings.tokenize.microseconds)
            json.key("queue_us")
            json.integer(timings.queue.microseconds)
            json.key("compute_us")
            json.integer(timings.compute.microseconds)
        }
    }

    /// Which generation decided, and where the time went: that of the texts together for tokenisation, of the longest for the
    /// others, which overlap.
    var fields: [(name: StaticString, value: String)] {
        guard let first = decisions.first else { return [] }
        let timings = decisions.compactMap(\.timings)
        let tokenize = timings.reduce(Duration.zero) { $0 + $1.tokenize }
        let queue = timings.map(\.queue).max() ?? .zero, compute = timings.map(\.compute).max() ?? .zero
        let timing =
            "tokenize;dur=\(tokenize.milliseconds), queue;dur=\(queue.milliseconds), compute;dur=\(compute.milliseconds)"
        return [
            ("x-triage-model", first.modelIdentity), ("x-triage-policy", first.policyIdentity),
            ("x-triage-generation", String(first.generation)), ("server-timing", timing),
        ]
    }
}

extension Duration {
    /// Rounded to the nearest.
    var microseconds: Int {
        let parts = components
        return Int(parts.seconds) * 1_000_000 + Int((parts.attoseconds + 500_000_000_000) / 1_000_000_000_000)
    }

    /// Milliseconds with three decimals.
    var milliseconds: String {
        let micros = microseconds
        let fraction = String(1_000 + micros % 1_000).dropFirst()
        return "\(micros / 1_000).\(fraction)"
    }
}
