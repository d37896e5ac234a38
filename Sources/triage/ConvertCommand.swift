import ArgumentParser
import CommandSupport
import ModelFormat
import Parallelism
import TriageModel

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Turns a Hugging Face model directory into one of ours: quantised, compressed, verified.",
        discussion: """
            Reads config.json, tokenizer.json and model.safetensors of a BERT or DistilBERT model (encoder or \
            ForSequenceClassification), and triage.json where there is one. Writes the same directory with other \
            weights, and with golden vectors by which any machine can prove that it computes the same. The output \
            appears under its name only when it has been written, loaded and run.

            EXAMPLES
              triage convert all-MiniLM-L6-v2 --output models/sentence-en
              triage convert my-classifier --output models/mine --calibrate queries.txt
              triage convert my-classifier --output models/mine-f16 --weights f16
              triage convert my-classifier --output models/shared --uncompressed

            WEIGHTS
              int8              linear layers and word table in 8-bit integers
              int4-embeddings   as int8, the word table in 4-bit integers
              f32, f16, bf16    floating point

            For int8 the inputs of the linear layers are measured over texts like those the model will see (a built-in \
            set, or --calibrate), and their spread is shared with the weights (SmoothQuant). The same source gives the same bytes on every machine.
            """
    )

    @Argument(help: ArgumentHelp("The model to read.", valueName: "directory"), completion: .directory)
    var source: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The model to write; must not exist, or be empty.", valueName: "directory"),
        completion: .directory
    )
    var output: String

    @Option(help: "How weights are stored.")
    var weights = WeightStorage.int8

    @Option(
        help: ArgumentHelp(
            "Texts, one a line, over which int8 is calibrated; the first 2,000 count.",
            valueName: "file"
        ),
        completion: .file()
    )
    var calibrate: String?

    @Option(help: "The Zstandard level, 1 (fast) to 22 (small).")
    var level = 19

    @Flag(help: "Write a plain model.safetensors, which processes share in memory and which starts without decoding.")
    var uncompressed = false

    func validate() throws {
        guard !output.isEmpty else { throw ValidationError("--output needs the name of a directory.") }
        guard (1...22).contains(level) else { throw ValidationError("--level must be between 1 and 22.") }
        if calibrate != nil && !weights.isQuantized {
            throw ValidationError("--calibrate needs integer weights; --weights is \(weights.rawValue).")
        }
    }

    func run() throws {
        let source = try ModelFiles(source)
        let converter = ModelConverter(
            storage: weights,
            calibrationTexts: try calibrate.map { try texts(in: $0, limit: 2_000) },
            compressionLevel: uncompressed ? nil : level,
            threads: ThreadPool.shared.threads
        )
        var console = Console()
        let interruption = try Interruption()
        interruption.becomeControlC()
        let model: TriageModel
        do {
            model = try converter.convert(source, to: output) { stage throws(ModelError) in
                guard !interruption.isRequested else { throw ModelError(path: output, reason: "interrupted") }
                console.report(stage.rawValue + " …")
            }
        } catch {
            guard interruption.isRequested else { throw error }
            console.report("interrupted; nothing was written")
            throw ExitCode(130)
        }
        try Descriptor.standardOutput.write(Array(summary(source, model).utf8))
    }

    private func summary(_ source: ModelFiles, _ model: TriageModel) -> String {
        """
        \(output): \(model.name), \(weights.rawValue), \(byteCount(source.weights.storedBytes)) → \
        \(byteCount(model.files.weights.storedBytes)), \(model.identity)

        """
    }
}

extension WeightStorage: ExpressibleByArgument {}
