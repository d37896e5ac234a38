public import ArgumentParser
import CommandSupport
public import TriageModel

/// Which model a command uses.
struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The model's directory; by default TRIAGE_MODEL, else models/triage-en next to the program or in its package.",
            valueName: "directory"
        ),
        completion: .directory
    )
    var model: String?

    func validate() throws {
        if model == "" { throw ValidationError("--model needs a directory.") }
    }

    func directory() throws(ModelNotFound) -> String {
        try ModelLocator().directory(named: model)
    }

    func load(
        precision: Precision = .automatic,
        usesFirstStage: Bool = true,
        on backend: BackendOptions? = nil
    ) throws -> TriageModel {
        try TriageModel(
            directory: directory(),
            precision: precision,
            usesFirstStage: usesFirstStage,
            backend: backend?.backend ?? .cpu,
            device: backend?.device
        )
    }
}

/// Which arithmetic a model is run with.
struct PrecisionOption: ParsableArguments {
    @Option(help: "Arithmetic: int8, the same bits on every machine; f32; or auto, as the weights are stored.")
    var precision = Precision.automatic
}

extension Precision: ExpressibleByArgument {}
