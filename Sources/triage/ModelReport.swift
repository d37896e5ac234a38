import CommandSupport
import Encoder
import ModelFormat
import StrictJSON
import Tensors
import TriageModel

/// What `inspect` says of a model, for programs and for people.
struct ModelReport {
    let files: ModelFiles
    let identity: String
    let weightsDigest: String
    let verification: TriageModel.Verification?

    private var weights: WeightFile { files.weights }
    private var encoder: EncoderConfiguration { files.configuration.encoder }
    private var ratio: Double { Double(weights.decodedBytes) / Double(weights.storedBytes) }

    private var parameterCount: Int {
        files.specifications.reduce(0) { $0 + $1.shape.reduce(1, *) }
    }

    // MARK: For programs

    var json: JSONValue {
        var report: JSONObject = [
            "name": .string(files.name),
            "directory": .string(files.directory.path),
            "identity": .string(identity),
            "file": .string(weights.path),
            "file_sha256": .string(weightsDigest),
            "compressed": .bool(weights.isCompressed),
            "stored_bytes": JSONValue(weights.storedBytes),
            "decoded_bytes": JSONValue(weights.decodedBytes),
            "ratio": .number((ratio * 1000).rounded() / 1000),
            "parameters": JSONValue(parameterCount),
            "network": network,
            "problem_type": .string(files.configuration.problemType.rawValue),
            "labels": .array(
                files.labels.map {
                    .object(["name": .string($0.name), "route": $0.route.map { .string($0) } ?? .null])
                }
            ),
        ]
        for key in [
            "version", "calibration", "head", "decision", "first_stage", "training", "provenance", "licences",
            "converted_from",
        ] {
            report[key] = files.description?.json[key]
        }
        report["golden_vectors"] = JSONValue(files.description?.goldenVectors.count ?? 0)
        report["tensors"] = .array(weights.entries.map(tensor))
        if let verification {
            report["verification"] = .object([
                "passed": .bool(!verification.isFailure), "message": .string(verification.text),
            ])
        }
        return .object(report)
    }

    private var network: JSONValue {
        .object([
            "layers": JSONValue(encoder.layerCount),
            "hidden": JSONValue(encoder.hiddenSize),
            "heads": JSONValue(encoder.headCount),
            "intermediate": JSONValue(encoder.intermediateSize),
            "vocabulary": JSONValue(encoder.vocabularySize),
            "positions": JSONValue(encoder.maximumPositions),
            "segments": JSONValue(encoder.segmentCount),
            "pooling": .string(files.head.pooling.rawValue),
            "pooler": .bool(files.head.transform != nil),
            "normalize": .bool(files.head.normalizesEmbedding),
        ])
    }

    private func tensor(_ entry: TensorEntry) -> JSONValue {
        .object([
            "name": .string(entry.name),
            "type": .string(entry.elementType.rawValue),
            "shape": .array(entry.shape.dimensions.map { JSONValue($0) }),
            "decoded_bytes": JSONValue(entry.byteCount),
            "stored_bytes": JSONValue(weights.storedBytes(of: entry.name)),
        ])
    }

    // MARK: For people

    var text: String {
        var rows: [(String, String)] = [
            ("Model", [files.name, files.description?.version].compactMap { $0 }.joined(separator: " ")),
            ("Identity", identity),
            (
                "Weights",
                "\(weights.path): \(byteCount(weights.storedBytes)) stored, \(byteCount(weights.decodedBytes)) decoded, "
                    + "ratio \((ratio * 100).rounded() / 100)"
            ),
            (
                "Network",
                "\(encoder.layerCount) layers, hidden \(encoder.hiddenSize), \(encoder.headCount) heads, "
                    + "intermediate \(encoder.intermediateSize), vocabulary \(encoder.vocabularySize), "
                    + "\(encoder.maximumPositions) positions; \(grouped(parameterCount)) parameters"
            ),
            ("Head", headText),
        ]
        for label in files.labels {
            let target = label.target.map { ", \($0)" } ?? ""
            rows.append(("Label", "\(label.name) → \(label.route ?? "(no route)")\(target)"))
        }
        if let calibration = files.description?.json["calibration"] { rows.append(("Calibration", calibration.text())) }
        if let decision = files.description?.decision {
            rows += text(of: decision).map { ("Decides", $0) }
        }
        if let stage = files.description?.firstStage { rows.append(("First stage", text(of: stage))) }
        for licence in files.description?.json["licences"]?.array ?? [] {
            rows.append(("Licence", licenceText(licence)))
        }
        if let verification { rows.append(("Verification", verification.text)) }
        return aligned(rows) + "\n" + tensorTable
    }

    private var headText: String {
        let pooling = files.head.pooling == .mean ? "mean of the tokens" : "first token"
        let dense = files.head.transform == nil ? "" : ", dense layer"
        let fitted = files.description?.head.map {
            $0.lexicalBits == nil ? ", fitted" : ", fitted, with the words of the text"
        }
        let end = files.labels.isEmpty ? "embedding" : "\(files.labels.count) labels" + (fitted ?? "")
        return pooling + dense + (files.head.normalizesEmbedding ? ", embedding of length 1" : "") + ", " + end
    }

    private func text(of decision: DecisionSettings) -> [String] {
        var lines = [
            "at a confidence of \(percent(Double(decision.threshold))) or more, where no more than "
                + "\(percent(Double(decision.outOfScopeThreshold))) of what is in scope is less strange",
            "else abstains: ambiguous → \(name(decision.ambiguousRoutes)), out of scope → "
                + name([decision.outOfScopeRoute].compactMap(\.self)),
        ]
        if let promise = decision.promise {
            lines.append(
                "promised: at most \(percent(promise.maximumError)) wrong, with \(percent(promise.certainty)) certainty, for "
                    + "texts like the \(grouped(promise.rows)) held out, of which it decided \(percent(promise.coverage))"
            )
        }
        return lines
    }

    private func name(_ routes: [String]) -> String {
        routes.isEmpty ? "(no route)" : routes.joined(separator: " or ")
    }

    private func text(of stage: FirstStageSettings) -> String {
        "on the mean of the embeddings; answers where it is at least \(percent(Double(stage.threshold))) sure and takes the "
            + "text to be no stranger than \(percent(Double(stage.outOfScopeLimit))) of what is in scope are; temperature "
            + "\(stage.temperature)"
    }

    private func licenceText(_ licence: JSONValue) -> String {
        [licence["name"]?.string, licence["licence"]?.string].compactMap { $0 }.joined(separator: ": ")
    }

    private func aligned(_ rows: [(String, String)]) -> String {
        var previous = ""
        return rows.map { title, row in
            defer { previous = title }
            return (title == previous ? "" : title).padded(to: 16) + visible(row) + "\n"
        }.joined()
    }

    private var tensorTable: String {
        let width = weights.entries.map { columnCount(of: visible($0.name)) }.max() ?? 0
        let header =
            "Tensor".padded(to: width + 2) + "Type  " + "Shape".padded(to: 16) + "Decoded".padded(to: 11) + "Stored\n"
        return header
            + weights.entries.map { entry in
                visible(entry.name).padded(to: width + 2) + entry.elementType.rawValue.padded(to: 6)
                    + entry.shape.description.padded(to: 16) + byteCount(entry.byteCount).padded(to: 11)
                    + byteCount(weights.storedBytes(of: entry.name)) + "\n"
            }.joined()
    }
}
