import CommandSupport
import StrictJSON
import TriageModel

/// Finds the model, loads it, which checks its files, and compares what it computes with what it should.
func modelFinding(_ options: ModelOptions, _ backend: BackendOptions) -> Finding {
    do {
        let model = try options.load(on: backend)
        let directory = model.directory
        let labels = model.labels.map { label in
            JSONValue.object(["name": .string(label.name), "route": label.route.map { .string($0) } ?? .null])
        }
        let routes = model.labels.map { $0.route == $0.name ? $0.name : "\($0.name) → \($0.route ?? $0.name)" }
        let verification = try model.verify()
        // Small as they are, the golden vectors alone would not make it look for a GPU.
        let threshold = model.prepareDevice(threads: .max)
        var device: [String] = []
        if backend.backend == .auto {
            device = [
                threshold.map { "on the GPU from \(grouped($0)) tokens at once" }
                    ?? "the GPU is not used: \(model.deviceNotice ?? "the CPU is faster")"
            ]
        }
        return Finding(
            key: "model",
            title: "Model",
            rows: [
                "\(model.name) in \(directory)", model.identity,
                "runs on \(model.backend)\(model.usesFirstStage ? ", after a first stage" : ""), reads at most \(model.maximumTokenCount) tokens",
            ] + device + [
                "labels: \(labels.isEmpty ? "none, it only embeds" : routes.joined(separator: ", "))",
                "verification \(verification.text)",
            ],
            details: [
                "directory": .string(directory), "name": .string(model.name), "identity": .string(model.identity),
                "backend": .string(model.backend), "maximum_tokens": JSONValue(model.maximumTokenCount),
                "device_from_tokens": threshold.map { JSONValue($0) } ?? .null,
                "device_notice": model.deviceNotice.map { .string($0) } ?? .null,
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
