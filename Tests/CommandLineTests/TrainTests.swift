import CommandSupport
import Foundation
import StrictJSON
import Testing

/// `triage train` as a process, on the encoder of the package's model.
@Suite(.enabled(if: Command.model != nil, "needs models/triage-en in the package")) struct TrainTests {
    private static let examples: [(label: String, route: String, texts: [String])] = [
        (
            "lost_card", "human",
            [
                "I lost my card", "my card was stolen", "block my card please", "someone took my bank card",
                "I cannot find my debit card", "card is missing since yesterday", "please freeze my card",
                "my credit card is gone",
            ]
        ),
        (
            "balance", "script",
            [
                "what is my balance", "how much money do I have", "show my account balance", "balance of my savings",
                "tell me how much is in my account", "current balance please", "what is left in my account",
                "check the balance",
            ]
        ),
        (
            "write", "remote",
            [
                "write a poem about autumn", "compose a short story", "draft an essay on history", "write me a song",
                "create a haiku about rain", "write a letter to my aunt", "make up a fairy tale",
                "write a speech for a wedding",
            ]
        ),
    ]

    private static let rows = examples.flatMap { example in
        example.texts.map { row($0, example.label, route: example.route) }
    }

    private static func row(_ text: String, _ label: String, route: String? = nil) -> String {
        JSONValue.object([
            "text": .string(text), "label": .string(label), "route": route.map { .string($0) } ?? .null,
        ]).text() + "\n"
    }

    private let scratch = ScratchFolder()
    private let data: String

    init() throws { data = try scratch.file("data.jsonl", Self.rows.joined()) }

    private func train(
        _ options: String...,
        data: String? = nil,
        to output: String = "model",
        environment: [String: String] = [:]
    ) throws -> Command.Result {
        let fixed = [
            "train", "--data", data ?? self.data, "--encoder", try #require(Command.model), "--output",
            scratch.path(output),
        ]
        return try Command(fixed + options, environment: environment).wait()
    }

    /// What is in the folder of the test beside its data.
    private func left() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scratch.path("")).sorted().filter { $0 != "data.jsonl" }
    }

    private func description(_ model: String = "model") throws -> JSONObject {
        try #require(try JSONParser.parse(try scratch.text("\(model)/triage.json")).object)
    }

    // MARK: What it makes

    @Test func learnsAndExplainsItself() throws {
        let trained = try train()
        #expect(trained.status == 0 && trained.output.contains("3 labels from 24 texts"))
        #expect(trained.errors.hasPrefix("note: 2%, the default: the data cannot promise that; the lowest error rate"))
        #expect(trained.errorLines.count == 1)
        #expect(
            try left() == ["model"]
                && FileManager.default.contentsOfDirectory(atPath: scratch.path("model")).sorted() == [
                    "config.json", "examples.jsonl", "head.safetensors.zst", "model.safetensors.zst", "tokenizer.json",
                    "triage.json",
                ]
        )
        let texts = Self.examples.flatMap(\.texts)
        let options = ["classify", "--model", scratch.path("model"), "--json", "--explain"]
        let decisions = try Command(options + texts).wait().objects()
        let labels = Self.examples.flatMap { example in example.texts.map { _ in example.label } }
        #expect(decisions.map { $0["label"]?.string } == labels)
        #expect(zip(decisions, texts).allSatisfy { $0["nearest"]?["text"]?.string == $1 })
        #expect(decisions.allSatisfy { $0["out_of_scope"]?.number != nil && $0["first_stage"] == .bool(false) })
        let verified = try Command.run("inspect", "--verify", scratch.path("model"))
        #expect(verified.status == 0 && verified.errors.isEmpty)
        // What it cannot tell is not answered, and it says why.
        let strange = try #require(try Command(options + ["zzxx qvv krr ttt pfft 77 %% lorem"]).wait().objects().first)
        #expect(strange["outcome"] == "abstained" && strange["route"] != "script")
        let reasons = ["ambiguous between ", "unlike anything in training (nearest: "]
        #expect(reasons.contains { strange["reason"]?.string?.hasPrefix($0) == true })
        let identity = decisions[0]["model"]?["identity"]
        // Again, on other threads, it is the same model.
        let again = try train("--threads", "1", "--name", "model", to: "again")
        #expect(again.status == 0)
        let same = try Command(["classify", "--model", scratch.path("again"), "--json", "x"]).wait().objects()
        #expect(same.first?["model"]?["identity"] == identity)
    }

    @Test func optionsReachTheModel() throws {
        let result = try train(
            "--without-texts",
            "--coverage",
            "75%",
            "--seed",
            "7",
            "--name",
            "routes",
            "--ambiguous-route",
            "a desk",
            "--out-of-scope-route",
            "nowhere",
            "--turned-away",
            "2%",
            "--json"
        )
        // Routes that no label leads to may be slips of the pen.
        let notes = ["a desk", "nowhere"].map { "note: no label leads to the fallback route \($0)" }
        #expect(result.status == 0 && result.errorLines.map { String($0) } == notes)
        let report = try #require(try JSONParser.parse(result.output).object), model = try description()
        #expect(report["settings"]?["coverage"] == .number(0.75) && report["settings"]?["seed"] == 7)
        #expect(model["training"] == .object(report) && model["name"] == "routes")
        #expect(model["decision"]?["fallback"]?["ambiguous"] == .array(["a desk"]))
        #expect(model["decision"]?["fallback"]?["out_of_scope"] == "nowhere")
        #expect(model["decision"]?["promise"]?["decided"]?.integer ?? 0 >= 18)
        #expect(model["labels"]?.array?.first?["route"] == "human")
        #expect(!fileExists(scratch.path("model/examples.jsonl")))
        let options = ["classify", "--model", scratch.path("model"), "--json", "--explain"]
        let decision = try #require(try Command(options + ["block my card"]).wait().objects().first)
        #expect(decision["nearest"] == nil && decision["label"] == "lost_card")
        let rest = try train("--coverage", "100%", data: try scratch.file("rest.jsonl", Self.rows.joined()), to: "all")
        #expect(rest.status == 0 && rest.errors.hasPrefix("note: not so many can be decided"))
    }

    /// As little as there may be, and names and texts as odd as they may be: two labels of two texts, an emoji, a label of
    /// a thousand letters, and a text of a megabyte. One of characters that the tokenizer drops is refused, by its row.
    @Test func oddTextsAndLabels() throws {
        let long = String(repeating: "l", count: 1000)
        let rows = [
            Self.row("?", "🛒 \"basket\""), Self.row(String(repeating: "word ", count: 200_000), "🛒 \"basket\""),
            Self.row("pay", long), Self.row("pay ￾ later", long),
        ]
        let result = try train("--max-error", "50%", data: try scratch.file("odd.jsonl", rows.joined()))
        #expect(result.status == 0, "\(result.errors)")
        #expect(try description()["labels"]?.array?.map { $0["name"]?.string } == ["🛒 \"basket\"", long])
        #expect(try scratch.text("model/examples.jsonl").utf8.count < 10_000)
        let answer = try Command(["classify", "--model", scratch.path("model"), "--json", "pay"]).wait().objects()
        #expect(answer.first?["route"] == .null || answer.first?["outcome"] == "classified")
        for nothing in ["\u{1}\u{2}", "\u{200B}"] {
            let data = try scratch.file("nothing.jsonl", (rows + [Self.row(nothing, long)]).joined())
            let refusal = try train(data: data, to: "other")
            #expect(refusal.status == 2 && refusal.errors.contains("nothing.jsonl: line 5: the text holds nothing"))
            #expect(!fileExists(scratch.path("other")))
        }
    }

    @Test func textsHeldOutAndOutOfScope() throws {
        let held = try scratch.file(
            "held.jsonl",
            Self.row("is my card blocked", "lost_card") + Self.row("my balance now", "balance")
                + Self.row("write a limerick", "write") + Self.row("how tall is the tower", "oos")
        )
        let more = try scratch.file("more.jsonl", Self.rows.joined() + Self.row("where do llamas live", "oos"))
        let result = try train("--validation", held, "--json", data: more)
        #expect(result.status == 0, "\(result.errors)")
        let report = try #require(try JSONParser.parse(result.output).object)
        #expect(report["figures"]?["by"] == "held-out file" && report["figures"]?["rows"] == 4)
        #expect(report["data"]?.array?.count == 2 && report["figures"]?["out_of_scope_auroc"]?.number != nil)
        #expect(try description()["labels"]?.array?.count == 3)
    }

    // MARK: What it refuses

    private func refused(
        _ result: Command.Result,
        _ parts: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(result.status == 2 && result.output.isEmpty, sourceLocation: sourceLocation)
        for part in parts {
            #expect(result.errors.contains(part), "\(result.errors)", sourceLocation: sourceLocation)
        }
        #expect(!fileExists(scratch.path("model")), sourceLocation: sourceLocation)
        #expect(throws: Never.self, sourceLocation: sourceLocation) {
            let rest = try left().filter { $0.hasSuffix(".tmp") }
            #expect(rest.isEmpty, sourceLocation: sourceLocation)
        }
    }

    @Test func dataThatCannotBeUsed() throws {
        refused(try train(data: try scratch.file("data.txt", Self.rows.joined())), "data.txt: the suffix does not say")
        refused(try train(data: try scratch.file("none.jsonl", "")), "no text with a label")
        refused(try train(data: try scratch.file("one.jsonl", Self.row("a", "x") + Self.row("b", "x"))), "only label")
        refused(try train(data: "/nonexistent.jsonl"), "/nonexistent.jsonl: No such file or directory")
        let lines = [Self.row("a", "two\nlines"), "nonsense\n", Self.row("b", "")]
        refused(
            try train(data: try scratch.file("bad.jsonl", lines.joined())),
            "bad.jsonl:1: `label` contains a control character",
            "bad.jsonl:2: not JSON",
            "bad.jsonl:3: `label` is empty"
        )
    }

    @Test func heldOutTextsThatCannotBeUsed() throws {
        let unknown = try scratch.file("unknown.jsonl", Self.row("hello", "balance") + Self.row("hi", "greeting"))
        refused(
            try train("--validation", unknown),
            "unknown.jsonl: line 2: label \"greeting\" is not among those trained on"
        )
        let outside = try scratch.file("outside.jsonl", Self.row("how tall is the tower", "oos"))
        refused(try train("--validation", outside), "outside.jsonl: holds no text in scope")
        refused(try train("--validation", try scratch.file("none.jsonl", "")), "none.jsonl: holds no text in scope")
    }

    /// What no decision could be taken on is not learnt from: the zero-width space is no white space, and no token.
    @Test func textsThatHoldNothing() throws {
        let blank = try scratch.file("blank.jsonl", Self.row("hello", "balance") + Self.row("\u{200B}", "balance"))
        refused(
            try train("--validation", blank),
            "blank.jsonl: line 2: the text holds nothing that the model reads"
        )
    }

    @Test func anEncoderThatIsNotThere() throws {
        let output = scratch.path("model")
        refused(
            try Command.run("train", "--data", data, "--output", output, "--encoder", "/nonexistent"),
            "triage: error: /nonexistent: no such model directory"
        )
    }

    @Test func anOutputThatIsThere() throws {
        let file = try scratch.file("taken", "mine")
        let result = try train(to: "taken")
        #expect(result.status == 2 && result.errors.contains("taken: cannot write: exists and is not a directory"))
        #expect(try scratch.text("taken") == "mine" && left() == ["taken"])
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
        _ = try scratch.file("taken/notes", "mine")
        #expect(try train(to: "taken").errors.contains("taken: cannot write: the directory is not empty"))
        refused(
            try train(to: "no/such/folder"),
            "no/such/folder: cannot create the directory: No such file or directory"
        )
    }

    /// A library of that name that is none comes first.
    @Test func withoutOpenBLAS() throws {
        for name in ["libopenblas.so.0", "libopenblas.so"] { _ = try scratch.file(name, "no library") }
        let path = ["LD_LIBRARY_PATH": scratch.path("")]
        refused(try train(environment: path), "needs OpenBLAS (Debian: libopenblas0), which does not load")
    }

    /// Texts enough that it is at work for a while; the folder that it works in is the sign that it is.
    @Test func controlCLeavesNothing() throws {
        let rows = (0..<600).map { Self.row("text number \($0) about \($0 % 7) things", "label \($0 % 3)") }
        let many = try scratch.file("many.jsonl", rows.joined())
        let arguments = [
            "train", "--data", many, "--encoder", try #require(Command.model), "--output", scratch.path("model"),
        ]
        let command = try Command(arguments)
        #expect(eventually { try left().contains { $0.hasSuffix(".tmp") } })
        command.process.interrupt()
        let result = try command.wait()
        #expect(result.status == 130 && result.output.isEmpty)
        #expect(result.errors.hasSuffix("interrupted; nothing was written\n"))
        #expect(try left() == ["many.jsonl"])
    }
}
