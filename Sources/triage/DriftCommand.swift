import ArgumentParser
import CommandSupport
import ModelFormat
import TriageModel
import TriageRouter
import TriageTraining

struct DriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Tells when queries stop being like those that a model was calibrated for.",
        discussion: """
            A model's confidence is worth what it was on the queries that it was calibrated on. `reference` counts once what the \
            decisions on those look like; `check` replays other queries and compares, as a service does with its own \
            decisions while it runs.

            EXAMPLES
              triage drift reference --data dev.jsonl --model models/mine
              triage drift check --data last-week.jsonl --model models/mine

            See `triage drift check --help` for what is compared, and when it counts as drift.
            """,
        subcommands: [DriftReferenceCommand.self, DriftCheckCommand.self]
    )
}

/// Queries that decisions are made on for their distribution alone, and who decides.
struct DriftOptions: ParsableArguments {
    private static let byteLimit = 1 << 30
    private static let textLimit = 10_000_000
    /// Enough for every thread to have whole groups of texts of equal length, little enough to stop soon.
    private static let batchSize = 512

    @Option(
        help: ArgumentHelp(
            "The queries: one a line, JSON Lines with `text`, or labelled texts in CSV or YAML; `-` for standard input.",
            valueName: "file"
        ),
        completion: .file()
    )
    var data: String

    @OptionGroup var model: ModelOptions
    @OptionGroup var policy: PolicyOptions

    @Option(help: "Threads that work at once, at most; never more than there are usable cores.")
    var threads: Int?

    @Flag(help: "Let the whole model decide on every text, also where its first stage is sure.")
    var whole = false

    func validate() throws {
        if data == "" { throw ValidationError("--data needs a file, or `-` for standard input.") }
        guard (1...1024).contains(threads ?? 1) else { throw ValidationError("--threads must be from 1 to 1024.") }
    }

    /// Only texts matter: labels may be missing where the format does not ask for them.
    func texts() throws -> [String] {
        let isLabelled = [".csv", ".tsv", ".yaml", ".yml"].contains(where: data.lowercased().hasSuffix)
        if isLabelled { return try LabelledData(reading: data).texts.map(\.text) }
        let texts = try CommandSupport.texts(in: data, limit: Self.textLimit + 1, byteLimit: Self.byteLimit)
        guard texts.count <= Self.textLimit else {
            throw DriftCommandError(description: "\(data): holds more than \(grouped(Self.textLimit)) texts; split it")
        }
        return texts
    }

    func router() throws -> Router { try policy.router(model.load(usesFirstStage: !whole)) }

    /// Calls `body` with each decision, in order.
    /// - Throws: `ExitCode(130)` where it was interrupted.
    func decide(_ texts: [String], _ router: Router, body: (RouteDecision) -> Void) throws {
        let interruption = try Interruption()
        interruption.becomeControlC()
        var console = Console()
        defer { console.end() }
        var position = 0, unread = 0
        while position < texts.count {
            if interruption.isRequested {
                console.report("triage: interrupted; what was counted is discarded")
                throw ExitCode(130)
            }
            console.show("\(router.model.name) decides", share: Double(position) / Double(texts.count))
            let batch = texts[position..<min(position + Self.batchSize, texts.count)]
            for decision in router.decide(Array(batch), threads: threads ?? .max) {
                if case .failed(let reason) = decision.reason {
                    throw ModelError(path: router.model.directory, reason: reason)
                }
                if decision.outcome == .rejected { unread += 1 }
                body(decision)
            }
            position += batch.count
        }
        if unread > 0 {
            console.report(
                "triage: \(grouped(unread)) of \(grouped(texts.count)) texts hold nothing to read and do not count"
            )
        }
    }
}

/// Why queries cannot be counted or compared.
struct DriftCommandError: Error, CustomStringConvertible {
    let description: String
}
