import StrictJSON
import TriageModel
import TriageRouter

extension RequestService {
    /// `GET /v1/models`, as OpenAI has it, with what identifies ours.
    var models: Answer {
        let router = live.current, model = router.model
        let object: JSONObject = [
            "id": .string(model.name), "object": "model", "created": .integer(Int64(startTime)), "owned_by": "triage",
            "identity": .string(model.identity),
            "policy": router.policyIdentity.isEmpty ? .null : .string(router.policyIdentity),
            "generation": JSONValue(router.generation), "backend": .string(model.backend),
            "labels": .array(model.labels.map { .string($0.name) }),
            "dimensions": JSONValue(model.embeddingSize), "maximum_tokens": JSONValue(model.maximumTokenCount),
        ]
        return Answer(json: ["object": "list", "data": .array([.object(object)])])
    }

    /// `GET /health`: the process lives.
    var health: Answer { Answer(json: ["status": "ok"]) }

    /// `GET /ready`: requests are welcome.
    var ready: Answer {
        let router = live.current
        var answer = Answer(json: [
            "status": isReady ? "ready" : "draining", "generation": JSONValue(router.generation),
            "model": .string(router.model.identity),
            "policy": router.policyIdentity.isEmpty ? .null : .string(router.policyIdentity),
            "device_notice": router.model.deviceNotice.map { .string($0) } ?? .null,
        ])
        if !isReady { answer.status = .unavailable }
        return answer
    }

    /// `GET /v1/drift`.
    var drift: Answer {
        guard let report = driftWatch.report else {
            return Answer(json: ["status": "off", "reason": "there is no reference to compare with"])
        }
        var object: JSONObject = ["status": .string(Self.status(report))]
        for member in report.json.object?.members ?? [] { object[member.key] = member.value }
        return Answer(json: object)
    }

    private static func status(_ report: DriftReport) -> String {
        if report.notComparable != nil { return "not_comparable" }
        guard let last = report.last else { return "collecting" }
        return last.isAlarm ? "alarm" : "ok"
    }
}

extension Answer {
    init(json: JSONObject) {
        self.init(status: .ok, body: Array(JSONValue.object(json).text().utf8))
    }
}
