import Encoder
import ModelFormat
import StrictJSON
import Tensors
import TriageModel

/// Writes a trained model beside its name first: the encoder's files as they are, then the head, then what `triage.json` says,
/// loaded and run once before the directory gets its name.
struct TrainedModelWriter {
    private let source: ModelFiles
    private let directory: AtomicDirectory
    private let output: String

    /// What is the head's and not the encoder's, and is made anew.
    private static let keysOfHead = [
        "labels", "calibration", "first_stage", "golden", "head", "decision", "training", "converted_from", "version",
    ]
    private static let weightsByteLimit = 8 << 30

    /// Copies the encoder. `output` must not exist or be empty.
    init(_ source: ModelFiles, to output: String) throws(ModelError) {
        self.source = source
        self.output = output
        do throws(ModelFileError) { directory = try AtomicDirectory(ModelDirectory(output).path) } catch {
            throw ModelError(path: error.path, reason: error.reason)
        }
        do throws(ModelError) {
            for file in [ModelDirectory.configurationFile, ModelDirectory.tokenizerFile] {
                try write(source.directory.bytes(of: file), to: file)
            }
            let weights = source.weights.path
            let bytes: [UInt8]
            do throws(ModelFileError) { bytes = try FileBytes.read(weights, limit: Self.weightsByteLimit) } catch {
                throw ModelError(path: error.path, reason: error.reason)
            }
            try write(bytes, to: String(weights.split(separator: "/").last ?? "model.safetensors"))
            try write(encoderDescription())
        } catch {
            discard()
            throw error
        }
    }

    /// The encoder alone, as the trained model will run it.
    func encoder() throws(ModelError) -> TriageModel {
        try TriageModel(files: ModelFiles(directory.temporary), precision: .automatic)
    }

    /// Removes what was written.
    func discard() { directory.discard(ModelDirectory.writtenFiles) }

    /// Writes the head and gives the directory its name.
    func write(
        _ fit: ModelTrainer.Fit,
        _ report: TrainingReport,
        labels: [LabelDefinition],
        texts data: LabelledData,
        trainer: ModelTrainer
    ) throws(ModelError) {
        try writeTensors(of: fit)
        if trainer.carriesTexts {
            let inScope = data.texts.filter { !data.isOutOfScope($0) }
            let examples = fit.examples.map { index in
                Example(text: inScope[index].isPrivate ? "" : inScope[index].text, label: inScope[index].label)
            }
            try write(ExampleTexts.bytes(of: examples), to: ModelDirectory.examplesFile)
        }
        var description = try encoderDescription()
        let name = trainer.name ?? ModelDirectory(output).path.split(separator: "/").last.map(String.init) ?? "model"
        description["name"] = .string(name)
        description["labels"] = .array(labels.map(\.json))
        description["calibration"] = .object(["temperature": JSONValue(Float(fit.calibration.temperature))])
        let settings = HeadSettings(
            lexicalBits: fit.fitted.model.shape.buckets > 0 ? fit.vectors.lexical.bits : nil,
            scope: fit.calibration.scope,
            confidence: fit.calibration.confidence
        )
        description["head"] = settings.json
        let routes = labels.compactMap(\.route)
        description["decision"] =
            DecisionSettings(
                threshold: fit.decision.threshold,
                outOfScopeThreshold: Float(1 - trainer.turnedAway),
                ambiguousRoutes: trainer.fallback.ambiguousRoutes(data.fallback, routes),
                outOfScopeRoute: trainer.fallback.outOfScopeRoute(data.fallback, routes),
                promise: fit.decision.promise
            ).json
        description["training"] = .object(report.json)
        try write(description)
        let model = try TriageModel(files: ModelFiles(directory.temporary), precision: .automatic)
        description["golden"] = ModelDescription.json(of: try model.goldenVectors())
        try write(description)
        do throws(ModelFileError) { try directory.commit() } catch {
            throw ModelError(path: error.path, reason: error.reason)
        }
    }

    private func encoderDescription() throws(ModelError) -> JSONObject {
        var json = try ModelDescription.json(of: source, golden: []).object ?? [:]
        for key in Self.keysOfHead { json[key] = nil }
        json["normalize"] = .bool(true)
        json["pooler"] = .bool(false)
        return json
    }

    private func writeTensors(of fit: ModelTrainer.Fit) throws(ModelError) {
        let shape = fit.fitted.model.shape
        var tensors: [String: Tensor] = [:]
        do throws(ShapeError) {
            tensors[FittedHead.TensorName.classifierWeight] = Tensor(
                fit.fitted.model.vectorWeights,
                shape: try TensorShape([shape.labels, shape.size])
            )
            tensors[FittedHead.TensorName.classifierBias] = Tensor(
                fit.fitted.model.biases,
                shape: try TensorShape([shape.labels])
            )
            if shape.buckets > 0 {
                tensors[FittedHead.TensorName.lexicalWeight] = Tensor(
                    littleEndian: fit.fitted.model.bucketWeights.map { Float16($0).bitPattern },
                    elementType: .float16,
                    shape: try TensorShape([shape.buckets, shape.labels])
                )
                tensors[FittedHead.TensorName.lexicalFrequency] = Tensor(
                    fit.fitted.frequencies.inverse,
                    shape: try TensorShape([shape.buckets])
                )
            }
            let examples = QuantizedRows(
                fit.vectors.subset(fit.examples).vectors,
                columns: shape.size,
                limit: 127
            )
            tensors[FittedHead.TensorName.exampleWeight] = Tensor(
                littleEndian: examples.values.map { UInt8(bitPattern: $0) },
                elementType: .int8,
                shape: try TensorShape([fit.examples.count, shape.size])
            )
            tensors[FittedHead.TensorName.exampleScale] = Tensor(
                examples.scales,
                shape: try TensorShape([fit.examples.count, 1])
            )
        } catch {
            throw ModelError(path: output, reason: "the head: \(error)")
        }
        do throws(ModelFileError) {
            try WeightFileWriter(encoding: .compressed(level: 9)).write(
                tensors,
                to: "\(directory.temporary)/\(ModelDirectory.headFile)"
            )
        } catch {
            throw ModelError(path: error.path, reason: error.reason)
        }
    }

    private func write(_ description: JSONObject) throws(ModelError) {
        let text = JSONValue.object(description).text(pretty: true)
        try write(Array(text.utf8) + [UInt8(ascii: "\n")], to: ModelDirectory.descriptionFile)
    }

    private func write(_ bytes: [UInt8], to file: String) throws(ModelError) {
        do throws(ModelFileError) { try AtomicFile.write(bytes, to: "\(directory.temporary)/\(file)") } catch {
            throw ModelError(path: error.path, reason: error.reason)
        }
    }
}

extension LabelDefinition {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["name": .string(name)]
        if let route { object["route"] = .string(route) }
        if let target { object["target"] = .string(target) }
        return .object(object)
    }
}

extension FallbackRoutes {
    /// What is named here, else what the data names, else a person and the large model where labels lead there: of two labels
    /// that are too close the more careful one's, and never the cheap path.
    func ambiguousRoutes(_ data: FallbackRoutes, _ routes: [String]) -> [String] {
        if let named = ambiguous ?? data.ambiguous { return [named] }
        return ["human", "remote"].filter(routes.contains)
    }

    /// What is named here, else what the data names, else the large model where labels lead there, or a person.
    func outOfScopeRoute(_ data: FallbackRoutes, _ routes: [String]) -> String? {
        outOfScope ?? data.outOfScope ?? ["remote", "human"].first(where: routes.contains)
    }
}
