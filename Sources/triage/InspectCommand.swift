import ArgumentParser
import CommandSupport
import ModelFormat
import StrictJSON
import TriageModel

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Shows what is in a model: tensors, sizes, labels, calibration, licences, identity.",
        discussion: """
            The identity is the digest that `sha256sum config.json examples.jsonl head.safetensors.zst \
            model.safetensors.zst tokenizer.json triage.json | sha256sum` prints in the model's directory, of those of the \
            files that there are. No weights are decoded unless --verify is given. --verify decodes every tensor (each \
            compressed frame carries a checksum), runs the model on the texts stored with it, and compares every bit \
            of the results; it exits with 2 when they differ.

            EXAMPLES
              triage inspect models/triage-en
              triage inspect models/triage-en --verify
              triage inspect models/triage-en --json | jq -r '.tensors[].name'
            """
    )

    @Argument(
        help: ArgumentHelp("The model; by default the one that classify uses.", valueName: "directory"),
        completion: .directory
    )
    var directory: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Decode all weights, run the model and compare with its golden vectors.")
    var verify = false

    func run() throws {
        let files = try ModelFiles(ModelLocator().directory(named: directory))
        let verification = verify ? try TriageModel(directory: files.directory.path).verify() : nil
        let report = ModelReport(
            files: files,
            identity: try files.identity(),
            weightsDigest: try files.weightsDigest(),
            verification: verification
        )
        let output = json ? report.json.text(pretty: true) + "\n" : report.text
        try Descriptor.standardOutput.write(Array(output.utf8))
        if case .failed = verification { throw ExitCode(2) }
    }
}
