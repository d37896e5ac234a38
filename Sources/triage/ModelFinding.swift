import CommandSupport
import StrictJSON
import TriageModel

/// Finds and loads the model, which checks the checksums of its weights.
func modelFinding(_ options: ModelOptions) -> Finding {
    do {
        let directory = try options.directory()
        let model = try TriageModel(directory: directory)
        let labels = model.labels.map { label in
            JSONValue.object(["name": .string(label.name), "route": label.route.map { .string($0) } ?? .null])
        }
        let routes = model.labels.map { label in label.route.map { "\(label.name) → \($0)" } ?? label.name }
        return Finding(
            key: "model",
            title: "Model",
            rows: [
                "\(model.name) in \(directory)", model.identity,
                "runs on \(model.backend), reads at most \(model.maximumTokenCount) tokens",
                "labels: \(labels.isEmpty ? "none, it only embeds" : routes.joined(separator: ", "))",
            ],
            details: [
                "directory": .string(directory), "name": .string(model.name), "identity": .string(model.identity),
                "backend": .string(model.backend), "maximum_tokens": JSONValue(model.maximumTokenCount),
                "labels": .array(labels),
            ]
        )
    } catch {
        return Finding(key: "model", title: "Model", error: "\(error)", isFatal: true)
    }
}
