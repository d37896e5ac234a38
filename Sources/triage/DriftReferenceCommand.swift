import ArgumentParser
import CommandSupport
import ModelFormat
import StrictJSON
import TriageRouter

struct DriftReferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference",
        abstract: "Counts what decisions look like on the queries that a model was calibrated for.",
        discussion: """
            The file holds counts and no texts: of confidence and strangeness in bins that each hold a tenth of the queries, of \
            labels, and of routes. It belongs to one model and one policy, whose identities it names: with another of either, \
            make another. In the model's directory it is found by itself, and is no part of the model's identity.

            Take queries as the service gets them. A reference of a mixture that no service is asked raises an alarm at once; \
            queries that the model was trained on look surer than any others.

            EXAMPLES
              triage drift reference --data dev.jsonl
              triage drift reference --data dev.jsonl --policy triage.yaml --output triage.drift.json
            """
    )

    @OptionGroup var options: DriftOptions

    @Option(
        help: ArgumentHelp(
            "Where to write; by default \(DriftReference.fileName) in the model's directory, which is for no policy.",
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var output: String?

    func validate() throws {
        if output == "" { throw ValidationError("--output needs a file.") }
        if options.policy.policy != nil, output == nil {
            throw ValidationError("A reference for a policy needs --output: the model's directory holds that for none.")
        }
    }

    func run() throws {
        let path = try output ?? "\(options.model.directory())/\(DriftReference.fileName)"
        // It may take the place of an earlier one, and of nothing else: a slip must not cost a policy or the data.
        if fileExists(path) { _ = try DriftReference(contentsOf: path) }
        let texts = try options.texts()
        let router = try options.router()
        let data = options.data.split(separator: "/").last.map(String.init) ?? options.data
        var counter = DriftCounter(router: router, data: data)
        try options.decide(texts, router) { counter.count($0) }
        let reference = try counter.reference()
        try AtomicFile.write(Array((reference.json.text(pretty: true) + "\n").utf8), to: path)
        try Descriptor.standardOutput.write(
            Array("\(visible(path)): \(grouped(reference.rows)) decisions on \(visible(reference.data))\n".utf8)
        )
    }
}
