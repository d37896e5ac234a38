import StrictJSON
import Testing

@Suite(.enabled(if: Server.model != nil))
struct ModelEndpointTests {
    private func client() throws -> Client { try Shared.plain.get().client() }

    @Test func predictSortsScores() throws {
        let response = try #require(try client().post("/predict", #"{"inputs": "I lost my card"}"#))
        let scores = try #require(response.json?.array).compactMap { $0["score"]?.number }
        #expect(response.status == 200)
        #expect(scores.count == 3)
        #expect(scores == scores.sorted(by: >))
        #expect(abs(scores.reduce(0, +) - 1) < 1e-4)
    }

    @Test func predictAnswersBatchesWithLists() throws {
        let client = try client()
        for inputs in [#"["a", "b"]"#, #"[["a"], ["b"]]"#] {
            let response = try #require(client.post("/predict", #"{"inputs": \#(inputs), "raw_scores": true}"#))
            #expect(response.json?.array?.count == 2)
            #expect(response.json?.array?.first?.array?.count == 3)
        }
    }

    @Test func predictFailsAsItsClientsExpect() throws {
        let client = try client()
        let long = String(repeating: "word ", count: 400)
        for (body, status, type) in [
            (#"{"inputs": 5}"#, 422, "Validation"), (#"{"inputs": [["a", "b"]]}"#, 422, "Validation"),
            (#"{"inputs": []}"#, 400, "Empty"), (#"{"inputs": ""}"#, 400, "Empty"),
            (#"{"inputs": "\#(long)"}"#, 413, "Validation"),
        ] {
            let response = try #require(client.post("/predict", body))
            #expect(response.status == status)
            #expect(response.json?["error_type"]?.string == type)
        }
        #expect(client.post("/predict", #"{"inputs": "\#(long)", "truncate": true}"#)?.status == 200)
    }

    @Test func embeddingsAreTheSameInBothFormats() throws {
        let client = try client()
        let plain = try #require(
            client.post("/v1/embeddings", #"{"input": ["hello", "good bye"], "dimensions": 384}"#)?.json
        )
        let vectors = try #require(plain["data"]?.array).map { $0["embedding"]?.array?.compactMap(\.number) ?? [] }
        #expect(vectors.map(\.count) == [384, 384])
        #expect(plain["usage"]?["total_tokens"]?.integer == 7)
        let body = #"{"input": "hello", "encoding_format": "base64", "model": "triage-en"}"#
        let packed = try #require(client.post("/v1/embeddings", body)?.json)
        let text = try #require(packed["data"]?.array?.first?["embedding"]?.string)
        #expect(decoded(text) == vectors[0].map(Float.init))
    }

    /// Values of little-endian bytes in base 64.
    private func decoded(_ text: String) -> [Float] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bits = 0, count = 0
        var bytes: [UInt8] = []
        for digit in text.utf8.compactMap({ alphabet.firstIndex(of: $0) }) {
            (bits, count) = (bits << 6 | digit, count + 6)
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return stride(from: 0, to: bytes.count - 3, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) })
        }
    }

    @Test(arguments: [
        (#"{"input": "a", "model": "gpt"}"#, 404, "model_not_found"), (#"{"input": 5}"#, 400, "invalid_request"),
        (#"{"input": "a", "dimensions": 5}"#, 400, "invalid_request"), (#"{"input": ""}"#, 400, "invalid_request"),
        (#"{"input": "a", "encoding_format": "hex"}"#, 400, "invalid_request"),
    ])
    func embeddingsFailAsOpenAIDoes(body: String, status: Int, code: String) throws {
        let response = try #require(try client().post("/v1/embeddings", body))
        #expect(response.status == status)
        #expect(response.errorCode == code)
        #expect(response.json?["error"]?["type"] == "invalid_request_error")
    }

    @Test func stateIsTold() throws {
        let client = try client()
        #expect(client.get("/health")?.text == #"{"status":"ok"}"#)
        #expect(client.get("/ready")?.json?["status"] == "ready")
        #expect(client.get("/ready")?.json?["device_notice"] == .null)
        let model = try #require(client.get("/v1/models?limit=5")?.json?["data"]?.array?.first)
        #expect(model["id"] == "triage-en")
        #expect(model["generation"]?.integer == 1)
        #expect(client.get("/v1/drift")?.json?["status"] != nil)
        #expect(client.get("/openapi.json")?.json?["openapi"] == "3.1.0")
        client.send("HEAD /health HTTP/1.1\r\nhost: a\r\n\r\n")
        let head = try #require(client.response(hasBody: false))
        #expect(head.status == 200)
        #expect(head.fields["content-length"] == "15")
    }

    @Test func theDescriptionNamesWhatCanGoWrong() throws {
        let document = try #require(try client().get("/openapi.json")?.json)
        let paths = try #require(document["paths"]?.object)
        for member in paths.members {
            let responses = try #require((member.value["post"] ?? member.value["get"])?["responses"])
            for status in ["400", "408", "413", "431", "501", "503"] {
                let response = try #require(responses[status])
                guard let reference = response["$ref"]?.string else { continue }
                let name = try #require(reference.split(separator: "/").last)
                #expect(document["components"]?["responses"]?[String(name)]?["description"]?.string != nil)
            }
        }
    }

    /// As the description says.
    @Test(arguments: [
        ("/v1/triage", #"{"text": "a", "texts": null, "tenant": null, "metadata": null, "explain": null}"#),
        ("/v1/triage", #"{"texts": ["a"], "text": null}"#),
        ("/predict", #"{"inputs": "a", "raw_scores": null, "truncate": null, "truncation_direction": null}"#),
        (
            "/v1/embeddings",
            #"{"input": "a", "model": null, "encoding_format": null, "dimensions": null, "user": null}"#
        ),
    ])
    func nullMembersCountAsLeftOut(path: String, body: String) throws {
        #expect(try client().post(path, body)?.status == 200)
    }

    @Test func theDescriptionNamesEveryEndpoint() throws {
        let client = try client()
        let paths = try #require(client.get("/openapi.json")?.json?["paths"]?.object)
        #expect(paths.members.count == 9)
        for member in paths.members {
            let isPost = member.value["post"] != nil
            let response = try #require(isPost ? client.get(member.key) : client.post(member.key, "{}"))
            #expect(response.status == 405)
            #expect(response.fields["allow"] == (isPost ? "POST" : "GET, HEAD"))
        }
    }
}
