import Foundation
import StrictJSON
import Testing

/// What needs the model of the package.
@Suite(.enabled(if: Command.model != nil, "needs models/triage-en in the package")) struct ClassifyTests {
    @Test func printsOneAlignedLineAQuery() throws {
        let result = try Command.run("classify", "I lost my card, please block it", "what time\nis it")
        #expect(result.status == 0 && result.errors.isEmpty && result.outputLines.count == 2)
        #expect(result.outputLines[0].hasSuffix("I lost my card, please block it"))
        #expect(result.outputLines[1].hasSuffix("what time␊is it"))
        let starts = result.outputLines.map {
            $0.distance(from: $0.startIndex, to: $0.lastIndex(of: "%") ?? $0.startIndex)
        }
        #expect(starts[0] == starts[1])
    }

    /// A text of which no token is known is answered, without a confidence.
    @Test func saysWhatItDoesNotKnow() throws {
        let result = try Command.run("classify", "取消")
        #expect(result.status == 0 && result.output == "remote?  unknown  取消\n")
    }

    @Test func writesTheDocumentedFields() throws {
        let object = try #require(try Command.run("classify", "--json", "block my card").objects().first)
        let keys = [
            "id", "route", "label", "confidence", "margin", "out_of_scope", "outcome", "reason", "stage", "first_stage",
            "model", "backend", "tokens", "truncated", "micros",
        ]
        #expect(object.members.map(\.key) == keys)
        #expect(object["model"]?["identity"]?.string?.hasPrefix("sha256:") == true)
        #expect(object["out_of_scope"]?.number != nil && object["reason"] == "confident")
        let all = try #require(
            try Command.run("classify", "--json", "--top", "2", "--logits", "--echo", "block my card").objects().first
        )
        #expect(all["text"] == .string("block my card"))
        #expect(all["scores"]?.array?.count == 2 && all["scores"]?.array?.first?["label"] == all["label"])
        #expect(all["logits"]?.object?.members.count == 3)
    }

    /// The first text is clear from its words, the second is not.
    @Test func saysWhichStageAnswered() throws {
        let texts = ["what is the balance of my account", "Please cancel my order, I no longer need it."]
        func stages(_ options: String...) throws -> [String] {
            try Command(["classify", "--json"] + options + texts).wait().objects().compactMap { $0["stage"]?.string }
        }
        #expect(try stages() == ["first", "whole"])
        #expect(try stages("--batch", "1") == ["first", "whole"])
        #expect(try stages("--whole") == ["whole", "whole"])
        let explained = try Command(["classify", "--explain"] + texts).wait().output
        for part in ["the first stage", "the whole"] { #expect(explained.contains("by \(part) of triage-en on")) }
        #expect(try Command(["classify", "--explain", "--whole"] + texts).wait().output.contains("by triage-en on"))
        let report = try Command.run("inspect", "--json")
        #expect(try JSONParser.parse(report.output)["first_stage"]?["threshold"]?.number != nil)
        #expect(try Command.run("inspect").output.contains("First stage"))
    }

    @Test func explains() throws {
        let text = try Command.run("classify", "--explain", "block my card")
        #expect(text.status == 0)
        for word in ["margin", "read", "decided", "sha256:", "█"] { #expect(text.output.contains(word)) }
        let long = String(repeating: "word ", count: 5000)
        let object = try #require(try Command.run("classify", "--json", "--explain", long).objects().first)
        #expect(object["scores"]?.array?.count == 3 && object["truncated"] == .bool(true))
        #expect(object["tokens"] == object["maximum_tokens"])
    }

    @Test func batchesAndThreadsChangeNothing() throws {
        let input = (1...300).map { "query number \($0) about \($0 % 7) cards\n" }.joined()
        let expected = try results(
            of: Command.run("classify", "--json", "--logits", "--batch", "1", "--threads", "1", input: input)
        )
        let batched = try results(
            of: Command.run("classify", "--json", "--logits", "--batch", "7", "--threads", "3", input: input)
        )
        #expect(expected.count == 300)
        #expect(expected.map(\.id) == batched.map(\.id) && expected.map(\.route) == batched.map(\.route))
        if expected.first?.backend?.contains("int8") == true {
            #expect(expected.map(\.logits) == batched.map(\.logits))
        }
    }

    private func results(
        of result: Command.Result
    ) throws -> [(id: JSONValue?, route: JSONValue?, logits: JSONValue?, backend: String?)] {
        try result.objects().map { ($0["id"], $0["route"], $0["logits"], $0["backend"]?.string) }
    }

    @Test func badLinesAreReportedAndTheRestAnswered() throws {
        let scratch = ScratchFolder()
        var bytes = Array("{\"id\": \"a\", \"text\": \"first\"}\nnot json\n{\"id\": 7, \"text\": \"\"}\n\n".utf8)
        bytes += [UInt8(ascii: "\"")] + [0xFF, 0xFE] + Array("\"\n".utf8)
        bytes +=
            Array("{\"text\": \"".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 10_000_000) + Array("\"}\n".utf8)
        bytes += Array("{\"text\": \"last\"}".utf8)
        let path = try scratch.file("queries.jsonl", bytes)
        let result = try Command.run("classify", "--json", "--file", path)
        #expect(result.status == 1)
        let objects = try result.objects()
        #expect(
            objects.map { $0["id"] } == [
                .string("a"), .integer(2), .integer(7), .integer(4), .integer(5), .integer(6), .integer(7),
            ]
        )
        #expect(objects.map { $0["error"] == nil } == [true, false, false, false, false, false, true])
        #expect(objects.compactMap { $0["line"]?.integer } == [2, 3, 4, 5, 6])
        let reasons = [
            "not JSON: unexpected character in JSON at byte 1", "empty text", "empty text", "not valid UTF-8",
            "longer than 1048576 bytes",
        ]
        let lines = zip(2..., reasons).map { line, reason in "\(path):\(line): \(reason)" }
        #expect(result.errorLines == lines + ["triage: 5 of 7 inputs failed"])
    }

    @Test func anEmptyArgumentIsABadInput() throws {
        let result = try Command.run("classify", "first", "", "last")
        #expect(result.status == 1 && result.outputLines.count == 2)
        #expect(result.errorLines == ["argument:2: empty text", "triage: 1 of 3 inputs failed"])
    }

    @Test(arguments: ["classify", "embed", "tokenize"])
    func aFullDiskIsAnError(command: String) throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let result = try Command([command, "first", "second"], output: full).wait()
        #expect(result.status == 2)
        #expect(result.errors == "triage: error: standard output: No space left on device\n")
    }

    @Test func aReaderThatLeavesEndsItQuietly() throws {
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let result = try Command(["classify", "first"], output: pipe.fileHandleForWriting).wait()
        #expect(result.status == 141 && result.errors.isEmpty)
    }

    @Test func controlCPrintsWhatIsDone() throws {
        let pipe = Pipe()
        let command = try Command(["classify", "--json"], input: pipe.fileHandleForReading)
        pipe.fileHandleForWriting.write(Data("first\nsecond\nunfinished".utf8))
        #expect(eventually { try command.scratch.lines("output").count == 2 })
        command.process.interrupt()
        let result = try command.wait()
        #expect(result.status == 130 && result.errors == "triage: interrupted after 2 inputs\n")
        #expect(try result.objects().map { $0["id"] } == [.integer(1), .integer(2)])
        try pipe.fileHandleForWriting.close()
    }

    /// Weights, libraries and all: 60 MB, 67 MB unoptimised, of which Foundation, which Yams needs, is 10 MB; with the layers
    /// in memory twice 10 MB more.
    @Test func loadsInLittleMemory() throws {
        let pipe = Pipe()
        let command = try Command(["classify", "--threads", "1"], input: pipe.fileHandleForReading)
        pipe.fileHandleForWriting.write(Data("I lost my card, please block it\n".utf8))
        #expect(eventually { try command.scratch.lines("output").count == 1 })
        let status = try String(contentsOfFile: "/proc/\(command.process.processIdentifier)/status", encoding: .utf8)
        let peak = try #require(status.firstMatch(of: /VmHWM:\s*(\d+) kB/).flatMap { Int($0.1) })
        #expect(peak < 70_000, "\(peak) kB")
        try pipe.fileHandleForWriting.close()
        #expect(try command.wait().status == 0)
    }

    @Test func embedsAndTokenizes() throws {
        let embedding = try #require(try Command.run("embed", "hello world").objects().first)
        #expect(embedding.members.map(\.key) == ["id", "embedding", "tokens", "truncated"])
        #expect(embedding["embedding"]?.array?.count == 384)
        let input = "{\"id\": \"x\", \"text\": \"hello world\"}\n{\"text\": 1}\n"
        let result = try Command.run("tokenize", input: input)
        #expect(result.status == 1)
        let objects = try result.objects()
        #expect(objects.first?["id"] == .string("x") && objects.last?["error"] != nil)
        let tokens: [JSONValue] = ["[CLS]", "hello", "world", "[SEP]"].map { .string($0) }
        #expect(objects.first?["tokens"] == .array(tokens))
        #expect(objects.first?["ids"]?.array?.count == 4 && objects.first?["truncated"] == .bool(false))
    }

    @Test func theDoctorFindsTheModel() throws {
        let result = try Command.run("doctor", "--json")
        let report = try #require(try JSONParser.parse(result.output).object)
        #expect(result.status == 0 && report["model"]?["directory"]?.string == Command.model)
    }
}
