import Foundation
import StrictJSON
import Testing

/// `triage bench` as a process; what it measures is not looked at.
@Suite struct BenchTests {
    @Test(arguments: [
        ("", "not JSON"), ("{", "not JSON"), ("[1]", "must be an object"), ("{\"schema\": 99}", "schema is 99"),
    ])
    func aBrokenReportToCompareWithIsAnError(text: String, reason: String) throws {
        let scratch = ScratchFolder()
        let path = try scratch.file("before.json", text)
        let result = try Command.run("bench", "--compare", path)
        #expect(result.status == 2 && result.output.isEmpty && result.errorLines.count == 1)
        #expect(result.errors.hasPrefix("triage: error: \(path): ") && result.errors.contains(reason))
    }

    @Test(arguments: ["--compare", "--queries"]) func aMissingFileIsOneLine(option: String) throws {
        let result = try Command.run("bench", option, "/nonexistent/file")
        #expect(result.status == 2 && result.output.isEmpty)
        #expect(result.errors == "triage: error: /nonexistent/file: No such file or directory\n")
    }

    @Test func aServiceThatIsNotThereIsOneLine() throws {
        // Nothing listens on the port of tcpmux.
        let result = try Command.run("bench", "--serve", "http://127.0.0.1:1", "--json")
        #expect(result.status == 2 && result.output.isEmpty)
        #expect(result.errors == "triage: error: cannot connect to 127.0.0.1:1: Connection refused\n")
    }

    /// What a GPU is needed for is not measured on the CPU.
    @Test(arguments: [
        ["--only", "gpu"], ["--only", "gpu", "--backend", "auto"], ["--only", "sweep"], ["--suite", "cpu"],
        ["--suite", "gpu", "--only", "stream"], ["--batches", "0"], ["--batches", "1,1"], ["--batches", "65537"],
        ["--serve", "http://127.0.0.1:1", "--suite", "gpu"], ["--serve", "http://127.0.0.1:1", "--batches", "1"],
    ])
    func optionsOfAGPUThatMakeNoSenseAreUsageErrors(arguments: [String]) throws {
        let result = try Command(["bench"] + arguments).wait()
        #expect(result.status == 64 && result.output.isEmpty && result.errors.hasPrefix("Error: "))
    }

    @Test func withoutAGPUTheSuiteSaysSo() throws {
        let result = try Command(
            ["bench", "--suite", "gpu", "--json"],
            environment: ["VK_DRIVER_FILES": "/nonexistent.json", "VK_ICD_FILENAMES": "/nonexistent.json"]
        ).wait()
        #expect(result.status == 2 && result.output.isEmpty && result.errorLines.count == 1)
        #expect(result.errors.hasPrefix("triage: error: "))
    }

    @Test func aMissingModelIsOneLine() throws {
        let result = try Command.run("bench", "--model", "/nonexistent/model")
        #expect(result.status == 2 && result.output.isEmpty && result.errorLines.count == 1)
        #expect(result.errors.hasPrefix("triage: error: /nonexistent/model: "))
    }
}

@Suite(.enabled(if: Command.model != nil, "needs models/triage-en in the package")) struct BenchRunTests {
    private static let quick = ["bench", "--seconds", "0.1", "--rounds", "1", "--threads", "1", "--shapes", "2x4"]

    private func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Command.Result {
        try Command(Self.quick + arguments, environment: environment).wait()
    }

    @Test func measuresEverySectionAndComparesWithItself() throws {
        let scratch = ScratchFolder()
        let queries = try scratch.file("queries.jsonl", "{\"text\": \"block my card\"}\n{\"text\": \"hello\"}\n")
        let first = try run("--json", "--queries", queries)
        #expect(first.status == 0 && first.errors.isEmpty)
        let report = try JSONParser.parse(first.output)
        let sections = (report["measures"]?.array ?? []).compactMap { $0["section"]?.string }
        #expect(Set(sections) == ["peaks", "stream", "router", "shapes", "cold-start", "memory"])
        #expect(report["parameters"]?["queries"]?["count"] == 2)
        #expect(report["environment"]?["identity"]?.string?.hasPrefix("sha256:") == true)

        let earlier = try scratch.file("before.json", first.output)
        let second = try run("--json", "--only", "shapes", "--compare", earlier, environment: ["TRIAGE_ISA": "scalar"])
        let comparison = try #require(try JSONParser.parse(second.output)["comparison"])
        let changes = (comparison["changes"]?.array ?? []).map { $0["section"]?.string }
        #expect(second.status == 0 && changes == ["peaks", "peaks", "shapes", "shapes", "shapes"])
        let differences = (comparison["differences"]?.array ?? []).compactMap { $0["name"]?.string }
        #expect(differences.contains("queries"))
    }

    @Test func measuresTheStreamWithAndWithoutTheFirstStage() throws {
        let report = try JSONParser.parse(run("--only", "stream", "--json").output)
        let streams = (report["measures"]?.array ?? []).filter { $0["section"] == "stream" }
        let subjects = Set(streams.compactMap { $0["subject"]?.string })
        let modes = ["one by one", "batched"], parts = ["first stage", "whole model"]
        #expect(subjects == Set(modes.flatMap { mode in parts.map { "\(mode), 1 thread, \($0)" } }))
        let shares = streams.filter { $0["quantity"]?.string?.contains("peak") == true }
        #expect(!shares.isEmpty && shares.allSatisfy { $0["subject"]?.string?.hasSuffix("whole model") == true })
    }

    @Test func printsOtherFormats() throws {
        let csv = try run("--only", "peaks,memory", "--csv")
        #expect(csv.status == 0 && csv.output.hasPrefix("section,subject,quantity,"))
        #expect(csv.outputLines.count == 5 && csv.outputLines.allSatisfy { $0.split(separator: ",").count == 8 })
        let markdown = try run("--only", "memory", "--markdown")
        #expect(markdown.output.contains("### Memory\n") && !markdown.output.contains("### Peak"))
    }

    @Test func whatTheModelCannotReadIsAnError() throws {
        let shape = try Command.run("bench", "--only", "shapes", "--shapes", "1x9999")
        #expect(shape.status == 2 && shape.errors.contains("shape 1x9999: the model reads at most "))
        let scratch = ScratchFolder()
        let queries = try scratch.file("queries.jsonl", "{\"text\": \"fine\"}\n{\"text\": \"\\u0001\"}\n")
        let text = try Command.run("bench", "--only", "stream", "--queries", queries)
        #expect(text.status == 2 && text.errors.hasPrefix("triage: error: \(queries): text 2 holds "))
    }

    @Test func controlCEndsIt() throws {
        let command = try Command(["bench", "--only", "shapes", "--seconds", "3600"])
        // Once the program catches the signal, an interruption is a request.
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
