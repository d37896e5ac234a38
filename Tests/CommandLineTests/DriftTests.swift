import Foundation
import StrictJSON
import Testing

/// `triage drift` as a process.
@Suite(.enabled(if: Command.model != nil, "needs models/triage-en in the package")) struct DriftTests {
    private static let usual = [
        "what is the balance of my account", "I lost my card, please block it", "write a poem about the sea",
        "what time is it", "set an alarm for six",
    ]

    private let scratch = ScratchFolder()

    private func queries(_ texts: [String], count: Int, _ name: String = "queries.txt") throws -> String {
        try scratch.file(name, (0..<count).map { texts[$0 % texts.count] + "\n" }.joined())
    }

    /// The path of a reference of 200 usual queries.
    private func reference() throws -> String {
        let path = scratch.path("reference.json")
        let data = try queries(Self.usual, count: 200, "dev.txt")
        let result = try Command.run("drift", "reference", "--data", data, "--output", path)
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(result.output.hasSuffix("reference.json: 200 decisions on dev.txt\n"))
        return path
    }

    private func check(_ data: String, _ reference: String, _ more: String...) throws -> Command.Result {
        let arguments = ["drift", "check", "--data", data, "--reference", reference, "--window", "100"]
        return try Command(arguments + more).wait()
    }

    @Test func queriesLikeTheReferenceRaiseNoAlarmAndOthersDo() throws {
        let reference = try reference()
        let same = try check(queries(Self.usual, count: 250), reference, "--shuffle", "1")
        #expect(same.status == 0 && same.output.hasSuffix("no alarm in 2 windows\n"), "\(same.output)")
        #expect(same.output.contains("the last 50 do not fill a window\n"))

        let mixed = Self.usual + [String](repeating: "I want to speak to a person", count: 15)
        let other = try check(queries(mixed, count: 200), reference, "--json")
        #expect(other.status == 1 && other.errors.isEmpty)
        let json = try JSONParser.parse(other.output)
        #expect(json["first_alarm_after"] == 100 && json["alarms"] == 2 && json["windows"]?.array?.count == 2)
        #expect(json["windows"]?.array?.first?["statistics"]?["labels"]?["alarm"] == true)

        let text = try check(queries(mixed, count: 200), reference)
        #expect(
            text.status == 1 && text.output.contains("2 of 2 windows raise an alarm, the first after 100 queries:\n")
        )
    }

    @Test func aReferenceTakesTheFileOfNothingElse() throws {
        let data = try queries(Self.usual, count: 120), other = try scratch.file("policy.yaml", "version: 1\n")
        let result = try Command.run("drift", "reference", "--data", data, "--output", other)
        #expect(result.status == 2 && result.errors.contains("policy.yaml: is not valid JSON"))
        #expect(try scratch.text("policy.yaml") == "version: 1\n")
    }

    @Test func whatCannotBeComparedIsSaid() throws {
        let reference = try reference(), data = try queries(Self.usual, count: 120)
        let few = try check(queries(Self.usual, count: 99, "few.txt"), reference)
        #expect(few.status == 2 && few.errors.contains("99 decisions are fewer than one window of 100"))
        let whole = try check(data, reference, "--whole")
        #expect(whole.status == 2 && whole.errors.contains("reference.json: decided without a first stage"))
        let missing = try check(data, "/nonexistent/drift.json")
        #expect(missing.status == 2 && missing.errors.contains("/nonexistent/drift.json: "))
        let unread = try check(queries(["hello", "\u{1}\u{2}"], count: 220, "unread.txt"), reference)
        #expect(unread.errors.contains("110 of 220 texts hold nothing to read and do not count"))
        let blank = try check(queries(["hello", ""], count: 3, "blank.txt"), reference)
        #expect(blank.status == 2 && blank.errors.contains("blank.txt:2: empty text"))
        let small = try Command.run("drift", "reference", "--data", scratch.path("few.txt"), "--output", reference)
        #expect(small.status == 2 && small.errors.contains("few.txt: the model decides on 99 of its queries"))
    }

    @Test(arguments: [
        ["check", "--data", "x", "--window", "99"], ["check", "--data", "x", "--false-alarm-rate", "0"],
        ["check", "--data", ""], ["check"], ["reference", "--data", "x", "--threads", "0"],
        ["reference", "--data", "x", "--policy", "triage.yaml"], ["check", "--data", "x", "--reference", ""],
    ])
    func wrongUsageIsSaid(arguments: [String]) throws {
        let result = try Command(["drift"] + arguments).wait()
        #expect(result.status == 64 && result.output.isEmpty, "\(result.errors)")
    }

    @Test func helpTeachesTheIndex() throws {
        let help = try Command.run("drift", "check", "--help")
        #expect(help.status == 0 && ["EXAMPLES", "PSI", "0.25", "quantile"].allSatisfy(help.output.contains))
    }
}
