import Foundation
import StrictJSON
import Testing

@Suite(.enabled(if: Server.model != nil))
struct LifecycleTests {
    private let hello = #"{"text": "hello"}"#

    @Test func acceptedRequestsAreAnsweredBeforeTheEnd() throws {
        let server = try Server(["--grace", "0.5"])
        let idle = try server.client()
        #expect(idle.get("/health")?.status == 200)
        // Half of a request is sent before the signal, half behind it.
        let busy = try server.client()
        busy.send("POST /v1/triage HTTP/1.1\r\nhost: a\r\ncontent-length: 17\r\n\r\n{\"text\": ")
        server.signal(SIGTERM)
        #expect(eventually { try server.client().get("/ready")?.status == 503 })
        #expect(try server.client().post("/v1/triage", hello)?.status == 200)
        busy.send("\"hello\"}")
        #expect(busy.response()?.status == 200)
        #expect(server.end() == 0)
        #expect(idle.isClosed())
        #expect(server.log.contains("draining"))
    }

    @Test func aTakenPortIsSaid() throws {
        let server = try Shared.plain.get()
        let error = try #require(throws: Server.NotListening.self) { try Server(["--port", "\(server.port)"]) }
        #expect(error.log.hasPrefix("triage: error: cannot listen on 127.0.0.1:\(server.port): another program"))
        #expect(error.status == 2)
    }

    @Test(arguments: [
        (["--host", "0.0.0.0"], 64, "--allow-anonymous"), (["--tls-key", "@key"], 64, "need each other"),
        (["--keys", "@none"], 2, "none:"), (["--policy", "@bad"], 2, "bad:1"), (["--port", "65536"], 64, "--port"),
        (["--tls-key", "@bad", "--tls-certificate", "@bad"], 2, "bad: holds no certificate in PEM"),
        (["--tls-key", "@none", "--tls-certificate", "@bad"], 2, "none: "), (["--grace", "-1"], 64, "--grace"),
    ])
    func whatCannotRunSaysWhy(arguments: [String], status: Int32, reason: String) throws {
        let error = try #require(throws: Server.NotListening.self) { try Server(arguments, files: ["bad": "a: 1"]) }
        #expect(error.status == status)
        #expect(error.log.contains(reason), "\(error.log)")
    }

    @Test func signalsAndChangedFilesReload() throws {
        let server = try Server(
            ["--policy", "@triage.yaml", "--keys", "@keys.yaml", "--watch", "0.05"],
            files: ["triage.yaml": Shared.policy, "keys.yaml": Shared.keys]
        )
        let client = try server.client()
        func decision() throws -> JSONValue {
            try #require(
                client.post("/v1/triage", #"{"text": "reset my password"}"#, fields: ["x-api-key: open"])?.json
            )
        }
        let first = try decision()
        #expect(first["target"] == "faq")
        server.signal(SIGHUP)
        #expect(eventually { try decision()["generation"]?.integer == 2 })
        #expect(try decision()["policy"] == first["policy"])

        try server.write("triage.yaml", Shared.policy.replacingOccurrences(of: "to: faq", with: "to: desk"))
        #expect(eventually { try decision()["target"] == "desk" })
        let second = try decision()
        #expect(second["policy"] != first["policy"])

        try server.write("triage.yaml", "version: 1\nhandlers: {}\n")
        #expect(eventually { try server.metric("reloads_total", "failed") == 1 })
        #expect(try decision()["target"] == "desk")
        #expect(try decision()["generation"] == second["generation"])
        #expect(server.log.contains("triage.yaml:"))

        try server.write("triage.yaml", Shared.policy)
        try server.write("keys.yaml", "keys: []\n")
        #expect(eventually { client.get("/v1/models", fields: ["x-api-key: open"])?.status == 401 })
    }

    /// Policy and keys belong together: neither changes without the other.
    @Test func aReloadIsAllOrNothing() throws {
        let server = try Server(
            ["--policy", "@triage.yaml", "--keys", "@keys.yaml", "--watch", "0.05"],
            files: ["triage.yaml": Shared.policy, "keys.yaml": Shared.keys]
        )
        let client = try server.client()
        func decision(_ key: String) throws -> JSONValue? {
            let body = #"{"text": "reset my password"}"#
            let response = try #require(client.post("/v1/triage", body, fields: ["x-api-key: \(key)"]))
            return response.status == 200 ? response.json : nil
        }
        func failures() throws -> Double { try server.metric("reloads_total", "failed") }
        let policy = Shared.policy.replacingOccurrences(of: "to: faq", with: "to: desk")

        try server.write("keys.yaml", "keyz: []\n")
        #expect(eventually { try failures() == 1 })
        #expect(try decision("open")?["generation"]?.integer == 1)
        try server.write("triage.yaml", policy)
        #expect(eventually { try failures() == 2 })
        #expect(try decision("open")?["generation"]?.integer == 1)
        #expect(try decision("open")?["target"] == "faq")
        let open = "2348f998744212575d85959674f9607ab26f67708a917157472832386337c904"
        try server.write(
            "keys.yaml",
            Shared.keys.replacingOccurrences(
                of: open,
                with: "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"
            )
        )
        #expect(eventually { try decision("other")?["target"] == "desk" })
        #expect(try decision("other")?["generation"]?.integer == 2)
        #expect(try decision("open") == nil)

        try server.write("triage.yaml", "version: 2\n")
        #expect(eventually { try failures() == 3 })
        try server.write("keys.yaml", Shared.keys)
        #expect(eventually { try failures() == 4 })
        #expect(try decision("open") == nil)
        #expect(try decision("other")?["generation"]?.integer == 2)
        #expect(server.log.contains("`version`, that of the format, must be 1"))
    }

    @Test func aFullQueueIsSaidAndCounted() throws {
        let server = try Server(["--queue-texts", "1", "--threads", "1", "--batch-tokens", "1", "--whole"])
        let texts = JSONValue.array((0..<1_000).map { .string("number \($0) of many texts that take a while") })
        let busy = try server.client()
        let body = JSONValue.object(["texts": texts]).text()
        busy.send("POST /v1/triage HTTP/1.1\r\nhost: a\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)")
        #expect(eventually { try server.metric("queue_texts") > 10 })
        let refused = try #require(try server.client().post("/v1/triage", hello))
        #expect(refused.status == 429)
        #expect(refused.errorCode == "overloaded")
        #expect(refused.json?["error"]?["outcome"] == "rejected")
        #expect(Int(refused.fields["retry-after"] ?? "").map { $0 >= 1 } == true)
        #expect(try server.client().post("/predict", #"{"inputs": "a"}"#)?.json?["error_type"] == "Overloaded")
        let late = try #require(busy.response())
        #expect(late.status == 200)
        #expect(late.json?["decisions"]?.array?.count == 1_000)
        #expect(try server.metric("decisions_total") == 1_001)
        #expect(try server.metric("decisions_total", "overloaded") == 1)
    }

    @Test func aPassedDeadlineLeadsToTheFallback() throws {
        for (policy, status) in [(true, 200), (false, 503)] {
            let server = try Server(
                ["--threads", "1", "--whole"] + (policy ? ["--policy", "@triage.yaml"] : []),
                files: ["triage.yaml": Shared.policy]
            )
            let list = JSONValue.array((0..<1_000).map { .string("number \($0) of many texts that take a while") })
            let body = JSONValue.object(["texts": list]).text()
            let response = try #require(
                try server.client().post("/v1/triage", body, fields: ["x-triage-deadline-ms: 1"])
            )
            #expect(response.status == status)
            let decision = try #require(response.json?["decisions"]?.array?.last)
            #expect(decision["outcome"] == "unavailable")
            #expect(decision["reason"] == "deadline_passed")
            #expect(decision["target"]?.string == (policy ? "large" : nil))
        }
    }

    @Test func countsAddUpAndNothingOfTextsIsLogged() throws {
        let server = try Server(["--log-level", "trace", "--log-format", "json"])
        let client = try server.client()
        let secret = "xylophone-4711"
        for body in [
            #"{"text": "\#(secret)"}"#, #"{"texts": ["\#(secret)", "", "hello"]}"#, #"{"text": "a", "\#(secret)": 1}"#,
            #"{"text": "a", "tenant": "\#(secret)", "metadata": {"\#(secret)": "\#(secret)"}}"#,
        ] {
            _ = client.post("/v1/triage", body, fields: ["x-api-key: \(secret)", "x-other: \(secret)"])
        }
        _ = client.get("/\(secret)")
        _ = client.post("/v1/embeddings", #"{"input": "a", "model": "\#(secret)"}"#)
        #expect(try server.metric("decisions_total") == 5)
        #expect(try server.metric("decisions_total", "rejected") == 1)
        #expect(try server.metric("decisions_total", #"tenant="other""#) == 1)
        #expect(try server.metric("requests_total", #"status="400""#) == 1)
        #expect(try server.metric("connections") >= 1)
        let lines = server.log.split(separator: "\n").filter { $0.hasPrefix("{") }
        #expect(lines.count > 5)
        for line in lines { #expect((try? JSONParser.parse(String(line))) != nil) }
        #expect(!server.log.contains(secret))
        #expect(!(try #require(client.get("/metrics")).text.contains(secret)))
    }

    @Test func windowsAreComparedWithTheReference() throws {
        let server = try Server()
        let client = try server.client()
        #expect(client.get("/v1/drift")?.json?["status"] == "collecting")
        let texts = JSONValue.array((0..<500).map { _ in "what is the weather on mars" })
        #expect(client.post("/v1/triage", JSONValue.object(["texts": texts]).text())?.status == 200)
        let report = try #require(client.get("/v1/drift")?.json)
        #expect(report["status"] == "alarm")
        #expect(report["alarms"]?.integer == 1)
        #expect(try server.metric("drift_alarms_total") == 1)
        #expect(try server.metric("drift_psi", "routes") > 0.25)
        #expect(server.log.contains("decisions drift"))
    }

    @Test func connectionsBeyondTheLimitAreRefused() throws {
        let server = try Server(["--max-connections", "2"])
        let first = try server.client(), second = try server.client()
        #expect(first.get("/health")?.status == 200)
        #expect(second.get("/health")?.status == 200)
        let third = try server.client()
        #expect(third.response()?.status == 503)
        #expect(third.isClosed())
        #expect(first.get("/health")?.status == 200)
    }
}
