import CPUBackend
import Encoder
import ModelFormat
import StrictJSON
import Tensors
import Tokenization

/// Turns a model directory into one with other weights: quantised or not, compressed, with golden vectors.
package struct ModelConverter {
    /// A stage of the work, reported before it starts.
    package enum Stage: String, Sendable {
        case calibrating, quantizing, compressing, verifying
    }

    package var storage: WeightStorage
    /// Texts whose activations decide how inputs are smoothed; the standard ones where nil.
    package var calibrationTexts: [String]?
    /// The Zstandard level; nil leaves the file uncompressed, for hosts that share it between processes.
    package var compressionLevel: Int?
    package var threads: Int

    package init(storage: WeightStorage, calibrationTexts: [String]?, compressionLevel: Int?, threads: Int) {
        self.storage = storage
        self.calibrationTexts = calibrationTexts
        self.compressionLevel = compressionLevel
        self.threads = threads
    }

    /// Converts `source` into the directory `output`, which must not exist or be empty. Everything is written beside
    /// it, loaded and run once before it gets its name.
    package func convert(
        _ source: ModelFiles,
        to output: String,
        progress: (Stage) throws(ModelError) -> Void
    ) throws(ModelError) -> TriageModel {
        guard source.description?.head == nil else {
            throw ModelError(
                path: source.directory.path,
                reason: "has a head fitted on the vectors of these very weights; convert its encoder and train on that"
            )
        }
        let directory: AtomicDirectory
        do throws(ModelFileError) { directory = try AtomicDirectory(ModelDirectory(output).path) } catch {
            throw ModelError(path: error.path, reason: error.reason)
        }
        do throws(ModelError) {
            try write(source, to: directory.temporary, progress: progress)
            try progress(.verifying)
            let files = try ModelFiles(directory.temporary)
            let model = try TriageModel(files: files, precision: .automatic)
            try writeDescription(source, golden: try model.goldenVectors(), to: directory.temporary)
            try Self.asModelError { () throws(ModelFileError) in try directory.commit() }
            return try TriageModel(directory: output)
        } catch {
            directory.discard(ModelDirectory.writtenFiles)
            throw error
        }
    }

    private func write(
        _ source: ModelFiles,
        to directory: String,
        progress: (Stage) throws(ModelError) -> Void
    ) throws(ModelError) {
        let matrices = try WeightLoading(source.specifications, in: source.weights).matrices(threads: threads)
        var smoothing: [String: [Float]] = [:]
        if storage.isQuantized {
            try progress(.calibrating)
            smoothing = try smoothingFactors(source, try source.encoderWeights(matrices))
        }
        try progress(.quantizing)
        let tensors = try encode(source, matrices, smoothing: smoothing)
        try progress(.compressing)
        let file = compressionLevel == nil ? ModelDirectory.plainWeightsFile : ModelDirectory.compressedWeightsFile
        let writer = WeightFileWriter(
            encoding: compressionLevel.map { .compressed(level: $0) } ?? .plain,
            threads: threads
        )
        try Self.asModelError { () throws(ModelFileError) in
            try writer.write(tensors, metadata: ["format": "pt"], to: "\(directory)/\(file)")
            try AtomicFile.write(
                Array(configuration(source).text(pretty: true).utf8) + [0x0A],
                to: "\(directory)/\(ModelDirectory.configurationFile)"
            )
        }
        try copy(ModelDirectory.tokenizerFile, from: source.directory, to: directory)
        for file in ModelDirectory.accompanyingFiles where source.directory.contains(file) {
            try copy(file, from: source.directory, to: directory)
        }
        try writeDescription(source, golden: [], to: directory)
    }

    private func smoothingFactors(
        _ source: ModelFiles,
        _ weights: EncoderWeights
    ) throws(ModelError) -> [String: [Float]] {
        let tokenizer = try source.tokenizer()
        let sequences = (calibrationTexts ?? CalibrationTexts.standard).map { text in
            let encoding = tokenizer.encode(text, maximumLength: source.configuration.encoder.maximumPositions)
            var batch = TokenBatch()
            batch.append(ids: encoding.ids, segmentIds: encoding.segmentIds)
            return batch
        }
        do throws(EncoderError) {
            let backend = try CPUBackend(
                configuration: source.configuration.encoder,
                head: source.head,
                weights: weights,
                // OpenBLAS rounds by its own choice of kernels; the same source should convert to the same bytes anywhere.
                arithmetic: .portableFloat32
            )
            return Smoothing.factors(
                try backend.inputMagnitudes(over: sequences),
                weights: weights,
                names: source.names
            )
        } catch {
            throw ModelError(path: source.directory.path, reason: error.description)
        }
    }

    private func encode(
        _ source: ModelFiles,
        _ matrices: [String: WeightMatrix],
        smoothing: [String: [Float]]
    ) throws(ModelError) -> [String: Tensor] {
        let encoder = TensorEncoder(
            storage: storage,
            smoothing: smoothing,
            wordTable: source.names.words + ".weight"
        )
        var tensors: [String: Tensor] = [:]
        for specification in source.specifications {
            guard let matrix = matrices[specification.name] else { continue }
            do {
                for (name, tensor) in try encoder.encode(specification, matrix.floats()) { tensors[name] = tensor }
            } catch TensorEncoder.Failure.outOfRange(let name, let type) {
                throw ModelError(
                    path: source.weights.path,
                    reason: "tensor \"\(name)\" has values that \(type.rawValue) cannot hold"
                )
            } catch TensorEncoder.Failure.notFinite(let name) {
                throw ModelError(path: source.weights.path, reason: "tensor \"\(name)\" has values that are not finite")
            } catch {
                throw ModelError(path: source.weights.path, reason: "tensor \"\(specification.name)\": \(error)")
            }
        }
        return tensors
    }

    private func copy(_ file: String, from source: ModelDirectory, to directory: String) throws(ModelError) {
        let bytes = try source.bytes(of: file)
        try Self.asModelError { () throws(ModelFileError) in try AtomicFile.write(bytes, to: "\(directory)/\(file)") }
    }

    private func writeDescription(
        _ source: ModelFiles,
        golden: [ModelDescription.GoldenVector],
        to directory: String
    ) throws(ModelError) {
        let json = try ModelDescription.json(of: source, golden: golden)
        try Self.asModelError { () throws(ModelFileError) in
            try AtomicFile.write(
                Array(json.text(pretty: true).utf8) + [0x0A],
                to: "\(directory)/\(ModelDirectory.descriptionFile)"
            )
        }
    }

    private static func asModelError(_ body: () throws(ModelFileError) -> Void) throws(ModelError) {
        do throws(ModelFileError) { try body() } catch { throw ModelError(path: error.path, reason: error.reason) }
    }
}
