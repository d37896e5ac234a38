import StrictJSON
import Testing

@Suite(.enabled(if: Server.model != nil))
struct TriageEndpointTests {
    private func client() throws -> Client { try Shared.plain.get().client() }

    @Test func oneTextGetsOneDecision() throws {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let response = try #require(
            try client().post(
                "/v1/triage",
                #"{"text": "I lost my card, please block it", "metadata": {"channel": "phone"}}"#,
                fields: ["x-request-id: order.7_a-b", "traceparent: \(parent)", "tracestate: a=1"]
            )
        )
        #expect(response.status == 200)
        let json = try #require(response.json?.object)
        #expect(json["id"]?.string == "order.7_a-b")
        #expect(json["outcome"]?.string == "classified")
        #expect(json["route"]?.string == "human")
        #expect(json["reason"]?.string == "confident")
        #expect((json["confidence"]?.number ?? 0) > 0.5)
        #expect(json["generation"]?.integer == 1)
        #expect(json["policy"] == .null)
        #expect(json["scores"] == nil)
        #expect(json["timings"]?["compute_us"]?.integer != nil)
        #expect(response.fields["x-request-id"] == "order.7_a-b")
        #expect(response.fields["x-triage-model"] == json["model"]?.string)
        #expect(response.fields["x-triage-generation"] == "1")
        #expect(response.fields["traceparent"] == parent)
        #expect(response.fields["tracestate"] == "a=1")
        #expect(response.fields["server-timing"]?.contains("compute;dur=") == true)
    }

    @Test func manyTextsKeepTheirOrder() throws {
        let client = try client()
        let texts = ["I lost my card", "talk to a human now", "what is the weather on mars", ""]
        let list = JSONValue.array(texts.map(JSONValue.string)).text()
        let response = try #require(client.post("/v1/triage", #"{"texts": \#(list), "explain": true}"#))
        let decisions = try #require(response.json?["decisions"]?.array)
        #expect(decisions.count == 4)
        for (text, decision) in zip(texts, decisions) {
            let alone = try #require(client.post("/v1/triage", JSONValue.object(["text": .string(text)]).text())?.json)
            for key in ["outcome", "route", "confidence", "margin", "out_of_scope"] {
                #expect(alone[key] == decision[key])
            }
        }
        #expect(decisions[3]["outcome"] == "rejected")
        #expect(decisions[3]["reason"] == "nothing_to_read")
        #expect(decisions[3]["tokens"] == .null)
        #expect(decisions[0]["tokens"]?.integer == 6)
        #expect(decisions[0]["scores"]?.array?.count == 3)
    }

    @Test func aForeignNameOrTraceIsNotPassedOn() throws {
        let response = try #require(
            try client().post(
                "/v1/triage",
                #"{"text": "hello"}"#,
                fields: [
                    "x-request-id: a b", "traceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01",
                    "tracestate: a=1",
                ]
            )
        )
        #expect(response.fields["x-request-id"]?.contains(" ") == false)
        #expect(response.fields["traceparent"] == nil)
        #expect(response.fields["tracestate"] == nil)
    }

    @Test(arguments: [
        (#"{"text": "a"#, "unterminated string at byte"), (#"{"text": "a", "text": "b"}"#, "occurs twice"),
        (#"{"text": "a", "txt": 1}"#, "unknown member `txt`"), (#"{}"#, "neither `text` nor `texts`"),
        (#"{"text": "a", "texts": ["b"]}"#, "both given"), (#"{"text": 5}"#, "`text` is a number"),
        (#"{"texts": []}"#, "`texts` is empty"), (#"{"texts": ["a", null]}"#, "`texts[1]` is null"),
        (#"{"text": "a", "metadata": {"b": 1}}"#, "`metadata.b`"), (#"{"text": "a", "tenant": ""}"#, "`tenant`"),
        (#"{"text": "a", "explain": "yes"}"#, "`explain` is a string"), ("[]", "an array"), ("", "empty"),
        (String(repeating: "[", count: 9_000), "nested deeper"),
    ])
    func whatIsNotAsItMustBeIsNamed(body: String, reason: String) throws {
        let response = try #require(try client().post("/v1/triage", body))
        #expect(response.status == 400)
        #expect(response.errorCode == "invalid_request")
        #expect(response.json?["error"]?["message"]?.string?.contains(reason) == true, "\(response.text)")
    }

    @Test func bytesThatAreNotUTF8AreNamedByPosition() throws {
        let response = try #require(
            try client().post("/v1/triage", Array(#"{"text": ""#.utf8) + [0xFF] + Array(#""}"#.utf8))
        )
        #expect(response.status == 400)
        #expect(response.text.contains("not UTF-8 at byte 10"))
    }

    @Test(arguments: ["0", "-1", "3600001", "soon", "1.5", ""])
    func deadlinesOutOfRangeAreRefused(deadline: String) throws {
        let response = try #require(
            try client().post("/v1/triage", #"{"text": "hello"}"#, fields: ["x-triage-deadline-ms: \(deadline)"])
        )
        #expect(response.status == 400)
        #expect(response.errorCode == "invalid_deadline")
    }

    @Test func tooManyTextsAreRefused() throws {
        let response = try #require(
            try client().post("/v1/triage", #"{"texts": ["a","b","c","d","e","f","g","h","i"]}"#)
        )
        #expect(response.status == 413)
        #expect(response.errorCode == "too_many_texts")
    }
}
