import ArgumentParser
import CommandSupport
import Parallelism
import TriageModel

/// Which texts a command answers, and how it spreads them over threads.
struct InputOptions: ParsableArguments {
    @Argument(help: "The texts; without any, and without --file, standard input is read.")
    var texts: [String] = []

    @Option(
        help: ArgumentHelp(
            "Read texts from a file, `-` for standard input: one a line, or JSON Lines with `text` and optional `id`.",
            valueName: "path"
        ),
        completion: .file()
    )
    var file: String?

    @Option(
        help: """
            How lines are read: text, jsonl, or auto: jsonl for a file named .jsonl, .ndjson or .json, or whose first \
            line that is not blank starts with {.
            """
    )
    var format = InputFormat.auto

    @Option(
        help: ArgumentHelp(
            """
            Texts that are answered together; 1 for one by one. By default 32, and 8192 where a GPU may compute, which \
            that few would leave idle.
            """,
            valueName: "number"
        )
    )
    var batch: Int?

    @Option(help: "Threads that answer at once, at most; never more than there are usable cores.")
    var threads: Int?

    func validate() throws {
        if file == "" { throw ValidationError("--file needs a path, or `-` for standard input.") }
        if file != nil && !texts.isEmpty { throw ValidationError("Give texts or --file, not both.") }
        guard (1...65_536).contains(batch ?? 1) else { throw ValidationError("--batch must be from 1 to 65536.") }
        guard (1...1024).contains(threads ?? 1) else { throw ValidationError("--threads must be from 1 to 1024.") }
        if file == nil && texts.isEmpty && Descriptor.standardInput.isTerminal {
            throw ValidationError("No text: give it as an argument, in a --file, or on standard input.")
        }
    }

    /// Opens the input, so that a missing file is found before a model is loaded.
    func open() throws(SystemError) -> QuerySource {
        if !texts.isEmpty { return .arguments(texts) }
        guard let file, file != "-" else { return .input(.standardInput, format) }
        return .input(try Descriptor(reading: file), format)
    }

    /// Writes an answer to every query of `source`; throws an exit code where not all was well. `backend` is what answers.
    func answer(
        _ source: QuerySource,
        on backend: Backend = .cpu,
        writesFailures: Bool,
        _ answer: @escaping @Sendable ([Query], _ threads: Int) -> [Result<[UInt8], QueryFailure>]
    ) throws {
        let interruption = try Interruption()
        interruption.becomeControlC()
        let run = QueryRun(
            source: source,
            threads: threads ?? .max,
            batchSize: batch ?? (backend == .cpu ? 32 : 8_192),
            writesFailures: writesFailures
        )
        var console = Console()
        let summary = try run.run(
            output: .standardOutput,
            console: &console,
            interruption: interruption,
            answer: answer
        )
        if summary.failures > 0 {
            console.report("triage: \(grouped(summary.failures)) of \(grouped(summary.inputs)) inputs failed")
        }
        if summary.isInterrupted {
            console.report(
                "triage: interrupted after \(grouped(summary.inputs)) \(summary.inputs == 1 ? "input" : "inputs")"
            )
            throw ExitCode(130)
        }
        if summary.failures > 0 { throw ExitCode(1) }
    }
}

extension InputFormat: ExpressibleByArgument {}
