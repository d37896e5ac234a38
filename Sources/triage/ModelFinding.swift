import CommandSupport
import StrictJSON
import TriageModel

/// Finds the model, loads it, which checks its files, and compares what it computes with what it should.
func modelFinding(_ options: ModelOptions) -> Finding {
    do {
        let directory = try options.directory()
        let model = try TriageModel(directory: directory)
        let labels = model.labels.map { label in
            JSONValue.object(["name": .string(label.name), "route": label.route.map { .string($0) } ?? .null])
        }
        let routes = model.labels.map { $0.route == $0.name ? $0.name : "\($0.name) → \($0.route ?? $0.name)" }
        let verification = try GoldenVerification(of: model)
        return Finding(
            key: "model",
            title: "Model",
            rows: [
                "\(model.name) in \(directory)", model.identity,
                "runs on \(model.backend), reads at most \(model.maximumTokenCount) tokens",
                "labels: \(labels.isEmpty ? "none, it only embeds" : routes.joined(separator: ", "))",
                verification.description,
            ],
            details: [
                "directory": .string(directory), "name": .string(model.name), "identity": .string(model.identity),
                "backend": .string(model.backend), "maximum_tokens": JSONValue(model.maximumTokenCount),
                "labels": .array(labels),
                "golden": .object([
                    "checked": JSONValue(verification.checked), "differing": JSONValue(verification.differing),
                ]),
            ],
            isFatal: verification.differing > 0
        )
    } catch {
        return Finding(key: "model", title: "Model", error: "\(error)", isFatal: true)
    }
}
