import Foundation
import StrictJSON
import Testing

/// `triage policy` as a process.
@Suite struct PolicyTests {
    private static let policy = """
        version: 1
        currency: EUR
        baseline: large
        handlers: { faq: { route: script, price: 0, latency_ms: 1 }, large: { route: remote, price: 1, latency_ms: 9 } }
        labels: { script: faq, remote: large, human: large }
        fallback: large
        rules: [{ name: hello, exact: hello, to: faq }]
        tenants: { acme: { rules: [{ name: own, exact: hello, to: large }] } }
        """

    private let scratch = ScratchFolder()

    @Test func theSchemaIsJSON() throws {
        let result = try Command.run("policy", "schema")
        #expect(result.status == 0 && result.errors.isEmpty)
        let schema = try #require(try JSONParser.parse(result.output).object)
        #expect(schema["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
    }

    /// The policy that the help shows is a good one.
    @Test func theHelpShowsAPolicy() throws {
        let help = try Command.run("policy", "--help", environment: ["COLUMNS": "200"]).output
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasPrefix("  version: 1") })
        // No line is so long that the help would break it: it can be copied.
        let policy = lines[start...].prefix(while: { !$0.isEmpty }).map { $0.dropFirst(2) }.joined(separator: "\n")
        let result = try Command.run("policy", "check", scratch.file("help.yaml", policy), "--no-model")
        #expect(result.status == 0 && result.output.contains(": ok: 3 labels, 3 rules, 1 tenant, sha256:"), "\(result)")
    }

    @Test func aGoodFile() throws {
        let path = try scratch.file("good.yaml", Self.policy)
        let result = try Command.run("policy", "check", path, "--no-model")
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(result.output.hasPrefix("\(path): ok: 3 labels, 2 rules, 1 tenant, sha256:"))
        let json = try JSONParser.parse(try Command.run("policy", "check", path, "--no-model", "--json").output)
        #expect(json["ok"] == true && json["model"] == .null && json["rules"] == 2 && json["tenants"] == 1)
        #expect(json["identity"]?.string.map { result.output.hasSuffix("\($0)\n") } == true)
    }

    @Test func aBadFile() throws {
        let path = try scratch.file("bad.yaml", Self.policy + "\nexmaples: \"\\e[2J\"\nlimit: {}")
        let result = try Command.run("policy", "check", path, "--no-model")
        #expect(result.status == 1 && result.errors.isEmpty)
        #expect(result.outputLines.count == 2 && result.outputLines[0].hasPrefix("\(path):9:1: unknown key `exmaples`"))
        #expect(result.outputLines[1] == "\(path):10:1: unknown key `limit` in a policy; did you mean `limits`?")
        let json = try Command.run("policy", "check", path, "--no-model", "--json")
        let report = try JSONParser.parse(json.output)
        #expect(json.status == 1 && report["ok"] == false && report["count"] == 2)
        let second = try #require(report["defects"]?.array?.last)
        #expect(second["line"] == 10 && second["column"] == 1 && second["reason"]?.string?.contains("`limits`") == true)
    }

    @Test func aFileThatCannotBeRead() throws {
        let result = try Command.run("policy", "check", "/nonexistent/p.yaml", "--no-model")
        #expect(result.status == 2 && result.output.isEmpty)
        #expect(result.errors == "triage: error: /nonexistent/p.yaml: cannot read: No such file or directory\n")
        let model = try Command.run(
            "policy",
            "check",
            scratch.file("good.yaml", Self.policy),
            "--model",
            "/nonexistent/m"
        )
        #expect(model.status == 2 && model.errors.hasPrefix("triage: error: /nonexistent/m: "))
    }

    @Test(.enabled(if: Command.model != nil, "needs models/triage-en in the package"))
    func classifyRoutesByAPolicy() throws {
        let file = try scratch.file("classify.yaml", Self.policy)
        let lines = try Command.run(
            "classify",
            "--policy",
            file,
            "--json",
            "hello",
            "what is the balance of my account",
            ""
        )
        #expect(lines.status == 1)
        let objects = try lines.output.split(separator: "\n").map { try JSONParser.parse(String($0)) }
        #expect(objects.count == 3)
        #expect(objects[0]["reason"]?.string == "by rule hello" && objects[0]["target"]?.string == "faq")
        #expect(objects[0]["label"] == .null && objects[0]["confidence"] == .null)
        #expect(objects[0]["expected"]?["saving"]?.number == 1 && objects[0]["expected"]?["currency"]?.string == "EUR")
        #expect(objects[1]["route"]?.string == "script" && objects[1]["label"]?.string == "script")
        #expect(objects[1]["policy"]?.string?.hasPrefix("sha256:") == true && objects[2]["error"] != nil)
        let tenant = try Command.run("classify", "--policy", file, "--tenant", "acme", "hello")
        #expect(tenant.status == 0 && tenant.output.hasPrefix("remote large") && tenant.output.contains(" rule  hello"))
        #expect(try Command.run("classify", "--tenant", "acme", "hello").status == 64)
        #expect(try Command.run("classify", "--policy", file, "--metadata", "channel", "hello").status == 64)
        let bad = try scratch.file("bad.yaml", Self.policy + "\nsurprise: 1\n")
        let refused = try Command.run("classify", "--policy", bad, "hello")
        #expect(refused.status == 2 && refused.errors.contains("bad.yaml:9:1: unknown key"))
    }

    @Test(.enabled(if: Command.model != nil, "needs models/triage-en in the package"))
    func explainShowsTheWay() throws {
        let file = try scratch.file("explain.yaml", Self.policy)
        let asked = try Command.run("policy", "explain", file, "what is the balance of my account").output
        #expect(
            asked.contains("rules    1 of 1 looked at, none applies") && asked.contains("asked    for script: strange ")
        )
        let rule = try Command.run("policy", "explain", file, "--json", "--tenant", "acme", "hello").output
        let object = try JSONParser.parse(rule)
        #expect(object["decision"]?["target"]?.string == "large" && object["own_terms"]?.bool == true)
        #expect(object["rules"]?["count"]?.number == 2 && object["rules"]?["tried"]?.number == 1)
        #expect(try Command.run("policy", "explain", file, "").status == 1)
    }

    @Test(.enabled(if: Command.model != nil, "needs models/triage-en in the package"))
    func againstAModel() throws {
        let model = try #require(Command.model)
        let path = try scratch.file("good.yaml", Self.policy)
        let good = try Command.run("policy", "check", path, "--model", model, "--json")
        #expect(good.status == 0)
        #expect(try JSONParser.parse(good.output)["model"]?.string?.hasPrefix("sha256:") == true)
        let other = try scratch.file("other.yaml", Self.policy.replacing("human: large", with: "humen: large"))
        let bad = try Command.run("policy", "check", other, "--model", model)
        #expect(bad.status == 1)
        #expect(
            bad.outputLines == [
                "\(other):5: `labels` does not say who handles the model's label `human`",
                "\(other):5: the model has no label `humen`; did you mean `human`?",
            ]
        )
    }
}
