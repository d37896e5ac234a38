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
        let verification = try model.verify()
        return Finding(
            key: "model",
            title: "Model",
            rows: [
                "\(model.name) in \(directory)", model.identity,
                "runs on \(model.backend)\(model.usesFirstStage ? ", after a first stage" : ""), reads at most \(model.maximumTokenCount) tokens",
                "labels: \(labels.isEmpty ? "none, it only embeds" : routes.joined(separator: ", "))",
                "verification \(verification.text)",
            ],
            details: [
                "directory": .string(directory), "name": .string(model.name), "identity": .string(model.identity),
                "backend": .string(model.backend), "maximum_tokens": JSONValue(model.maximumTokenCount),
                "first_stage": .bool(model.usesFirstStage), "labels": .array(labels),
                "verification": .object([
                    "passed": .bool(!verification.isFailure), "message": .string(verification.text),
                ]),
            ],
            isFatal: verification.isFailure
        )
    } catch {
        return Finding(key: "model", title: "Model", error: "\(error)", isFatal: true)
    }
}
