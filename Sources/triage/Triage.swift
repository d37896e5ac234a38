import ArgumentParser
import CommandSupport

@main
struct Triage: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Decides who handles a query: a script, a large remote model, or a person.",
        discussion: """
            Everything runs on this machine, offline. With int8 models, the default, the same text and the same model \
            give the same decision bit for bit, on any machine and in any batch.

            EXAMPLES
              triage classify "I lost my card, please block it"
              triage classify --json --file queries.jsonl > decisions.jsonl
              tail -f queries.txt | triage classify
              triage train --data routes.yaml --output models/mine
              triage embed "where is my parcel" | jq .embedding
              triage doctor
              triage bench
              triage eval --data test.jsonl
              triage drift check --data last-week.jsonl
              triage serve --policy triage.yaml

            EXIT CODES
              0    all good
              1    some inputs failed, the others are answered
              2    could not run: model, file, output
              64   wrong usage
              130  interrupted
              141  whoever read the output has gone
            """,
        version: "0.1.0",
        subcommands: [
            ClassifyCommand.self, TrainCommand.self, EvalCommand.self, EmbedCommand.self, TokenizeCommand.self,
            ConvertCommand.self, DriftCommand.self, InspectCommand.self, DoctorCommand.self, BenchCommand.self,
            PolicyCommand.self, ServeCommand.self, KeyCommand.self,
        ]
    )

    static func main() {
        occupyStandardDescriptors()
        ignoreBrokenPipes()
        do {
            var command = try parseAsRoot(arguments())
            do {
                try command.run()
            } catch  where !isOfArgumentParser(error) {
                if let error = error as? SystemError, error.isClosedOutput { exit(withError: closedOutput) }
                fail("\(error)", couldNotRun)
            }
        } catch let error as InvalidArgument {
            fail(error.description, .validationFailure)
        } catch {
            exit(withError: error)
        }
    }

    private static let couldNotRun = ExitCode(2)
    /// What a shell reports of a program that SIGPIPE ended.
    private static let closedOutput = ExitCode(141)

    private static func fail(_ message: String, _ code: ExitCode) -> Never {
        var console = Console()
        // One line a fault: what comes from outside has been made visible where it was quoted.
        for line in "triage: error: \(message)".split(separator: "\n") { console.report(String(line)) }
        exit(withError: code)
    }

    /// Help, usage errors and exit codes, which ArgumentParser reports itself; all other errors count as failures to it.
    private static func isOfArgumentParser(_ error: any Error) -> Bool {
        error is ExitCode || exitCode(for: error) != .failure
    }
}
