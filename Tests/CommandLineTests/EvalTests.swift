import Foundation
import StrictJSON
import Testing

/// `triage eval` as a process.
@Suite(.enabled(if: Command.model != nil, "needs models/triage-en in the package")) struct EvalTests {
    private static let rows = [
        ("I lost my card, please block it", "human"), ("what is the balance of my account", "script"),
        ("write a poem about the sea", "remote"), ("what time is it", "script"), ("asdf qwer", "oos"),
    ]

    private static let data = rows.map { "{\"text\": \"\($0.0)\", \"intent\": \"\($0.1)\"}\n" }.joined()

    private static let costs = """
        routes:
          script: { price: 0.0001, latency_ms: 5 }
          remote: { price: 0.01, latency_ms: 2000 }
          human:  { price: 4.0, latency_ms: 600000 }
        mistakes:
          human: { script: 25.0, remote: 10.0 }
          remote: { script: 0.5, human: 0 }
          script: { remote: 0, human: 0 }
        """

    private let scratch = ScratchFolder()

    private func run(_ arguments: String..., data: String = data) throws -> Command.Result {
        let path = try scratch.file("data.jsonl", data)
        return try Command(["eval", "--data", path, "--label-field", "intent"] + arguments).wait()
    }

    @Test func measuresReportsAndComparesWithItself() throws {
        let page = scratch.path("report.html")
        let model = try #require(Command.model)
        let costs = try scratch.file("costs.yaml", Self.costs)
        let result = try run(
            "--out-of-scope",
            "oos",
            "--json",
            "--html",
            page,
            "--against",
            model,
            "--costs",
            costs,
            "--fail-under",
            "accuracy=0.5"
        )
        #expect(result.status == 0 && result.errors.isEmpty)
        let report = try JSONParser.parse(result.output)
        #expect(report["data"]?["rows"] == 5 && report["data"]?["rows_in_scope"] == 4)
        #expect(report["comparison"]?["fixed"] == .array([]))
        #expect(report["comparison"]?["differences"]?["accuracy"]?["value"] == 0)
        #expect(report["costs"]?["baselines"]?.array?.count == 5)
        #expect(report["checks"]?.array?.first?["passed"] == true)
        #expect(try String(contentsOfFile: page, encoding: .utf8).hasSuffix("</html>\n"))
    }

    @Test func aFigureUnderItsLimitIsAnErrorOfOneLine() throws {
        let result = try run("--out-of-scope", "oos", "--fail-under", "accuracy=0.5", "--fail-under", "coverage=1.1")
        #expect(result.status == 1 && result.output.contains("Figures\n") && result.errorLines.count == 1)
        #expect(result.errors.hasPrefix("triage: coverage is 0.") || result.errors.hasPrefix("triage: coverage is 1"))
    }

    @Test func aReportTakesTheFileOfNothingElse() throws {
        let page = scratch.path("page.html"), other = scratch.path("other.txt")
        #expect(try run("--html", page).status == 0 && run("--html", page).status == 0)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: other))
        let result = try run("--html", other)
        #expect(result.status == 2 && result.errors.contains("is no earlier report"))
        #expect(try String(contentsOfFile: other, encoding: .utf8) == "mine")
    }

    @Test func aTextThatHoldsNothingIsReportedAndCounts() throws {
        let result = try run(
            "--json",
            data: Self.data.prefix { $0 != "\n" } + "\n{\"text\": \"\\u0001\", \"intent\": \"human\"}\n"
        )
        #expect(
            result.status == 1 && result.errors.hasSuffix("data.jsonl:2: the text holds nothing that the model reads\n")
        )
        let report = try JSONParser.parse(result.output)
        #expect(report["figures"]?["outcomes"]?["unavailable"] == 1)
        #expect(report["figures"]?["coverage"]?["value"] == .number(0.5))
    }

    @Test(arguments: [
        (["--out-of-scope", "none"], 2, "the label \"oos\" is not among the model's"),
        (["--out-of-scope", "oos", "--fail-under", "recall_at.robot.15=1"], 2, "has no route \"robot\""),
        (["--fail-under", "beauty=1"], 64, "\"beauty\" is no figure"),
        (["--fail-under", "accuracy"], 64, "is not of the form figure=value"),
        (["--fail-under", "cost=1"], 64, "needs --costs"),
        (["--out-of-scope", "oos", "--costs", "/nonexistent/costs"], 2, "/nonexistent/costs: "),
        (["--against", "/nonexistent/model", "--out-of-scope", "oos"], 2, "/nonexistent/model: "),
    ])
    func whatCannotBeIsSaid(arguments: [String], status: Int32, reason: String) throws {
        let path = try scratch.file("data.jsonl", Self.data)
        let result = try Command(["eval", "--data", path, "--label-field", "intent"] + arguments).wait()
        #expect(result.status == status && result.output.isEmpty && result.errors.contains(reason), "\(result.errors)")
    }

    @Test func controlCEndsIt() throws {
        let path = try scratch.file("data.jsonl", String(repeating: Self.data, count: 20_000))
        let command = try Command([
            "eval", "--data", path, "--label-field", "intent", "--out-of-scope", "oos", "--whole",
        ])
        let status = "/proc/\(command.process.processIdentifier)/status"
        #expect(
            eventually {
                let lines = try String(contentsOfFile: status, encoding: .utf8).split(separator: "\n")
                let caught = lines.first { $0.hasPrefix("SigCgt:") }?.split(whereSeparator: \.isWhitespace).last
                return try #require(caught.flatMap { UInt64($0, radix: 16) }) & 1 << UInt64(SIGINT - 1) != 0
            }
        )
        command.process.interrupt()
        let result = try command.wait()
        #expect(result.status == 130 && result.output.isEmpty)
        #expect(result.errors == "triage: interrupted; what was measured is discarded\n")
    }
}
