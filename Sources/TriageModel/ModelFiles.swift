import CPUBackend
package import Encoder
package import ModelFormat
import Parallelism
package import Tokenization

/// A model directory, read and checked but for the weights themselves: what `TriageModel` loads and `inspect` shows.
package struct ModelFiles: Sendable {
    package let directory: ModelDirectory
    package let configuration: HuggingFaceConfiguration
    package let description: ModelDescription?
    package let weights: WeightFile
    package let head: HeadConfiguration
    package let labels: [Label]
    package let names: TensorNames
    package let specifications: [TensorSpecification]
    /// The longest text in tokens, where the files say more than the tokenizer's.
    let declaredMaximumTokenCount: Int?

    package init(_ path: String) throws(ModelError) {
        directory = ModelDirectory(path)
        try directory.check()
        configuration = try HuggingFaceConfiguration(
            directory.json(of: ModelDirectory.configurationFile),
            path: directory.path(of: ModelDirectory.configurationFile)
        )
        if directory.exists(ModelDirectory.descriptionFile) {
            description = try ModelDescription(
                directory.json(of: ModelDirectory.descriptionFile),
                path: directory.path(of: ModelDirectory.descriptionFile)
            )
        } else {
            description = nil
        }
        labels = try Self.labels(directory, configuration, description)
        let sentence = description == nil ? try SentenceTransformersFiles(directory) : nil
        head = Self.head(configuration, description, sentence)
        if description?.head != nil, labels.isEmpty {
            throw ModelError(
                path: directory.path(of: ModelDirectory.descriptionFile),
                reason: "has a \"head\", which needs \"labels\""
            )
        }
        if description?.firstStage != nil, description?.head?.scope == nil {
            throw ModelError(
                path: directory.path(of: ModelDirectory.descriptionFile),
                reason: "has a \"first_stage\", which needs a \"head\" with a \"scope\""
            )
        }
        declaredMaximumTokenCount = description?.maximumTokenCount ?? sentence?.maximumTokenCount
        weights = try directory.openWeights()
        names = configuration.names(WeightLoading.prefix(in: weights, configuration: configuration))
        specifications = configuration.encoder.tensors(names: names, head: head)
    }

    package var name: String {
        description?.name ?? directory.path.split(separator: "/").last.map(String.init) ?? directory.path
    }

    private static func labels(
        _ directory: ModelDirectory,
        _ configuration: HuggingFaceConfiguration,
        _ description: ModelDescription?
    ) throws(ModelError) -> [Label] {
        guard let labels = description?.labels else {
            // The names that the network has for its own outputs are not the labels of another head.
            guard description?.head == nil else { return [] }
            return configuration.labels.map { Label(name: $0, route: nil) }
        }
        if description?.head != nil { return labels }
        guard labels.count == configuration.labels.count else {
            throw ModelError(
                path: directory.path(of: ModelDirectory.descriptionFile),
                reason: "names \(labels.count) labels, config.json \(configuration.labels.count)"
            )
        }
        return labels
    }

    /// The head as `triage.json` describes it, else as sentence-transformers does, else as the architecture has it.
    private static func head(
        _ configuration: HuggingFaceConfiguration,
        _ description: ModelDescription?,
        _ sentence: SentenceTransformersFiles?
    ) -> HeadConfiguration {
        var head = configuration.head
        if let description {
            head.pooling = description.pooling ?? head.pooling
            head.normalizesEmbedding = description.normalizes ?? head.normalizesEmbedding
            if !description.usesPooler { head.transform = nil }
            if description.head != nil {
                // It takes the place of the network's own, and compares vectors of length 1.
                (head.outputCount, head.transform, head.normalizesEmbedding) = (0, nil, true)
            }
        } else if head.outputCount == 0, let sentence {
            head.pooling = sentence.pooling
            head.normalizesEmbedding = sentence.normalizes
        }
        return head
    }

    /// `sha256:` and the digest of the list of digests of every file that decides what the model answers, as
    /// `sha256sum config.json examples.jsonl head.safetensors.zst model.safetensors.zst tokenizer.json triage.json | sha256sum`
    /// prints it, of those that there are: whoever changes a label, a threshold, an example or a weight makes another model.
    package func identity() throws(ModelError) -> String {
        var digests: [(file: String, digest: String)] = []
        for file in ModelDirectory.decidingFiles where directory.exists(file) {
            digests.append((file, try directory.digest(of: file)))
        }
        digests.append((String(weights.path.dropFirst(directory.path.count + 1)), try weightsDigest()))
        let list = digests.sorted { $0.file < $1.file }.map { "\($0.digest)  \($0.file)\n" }.joined()
        return "sha256:" + sha256(of: Array(list.utf8))
    }

    /// The SHA-256 of the weight file in hexadecimal digits.
    package func weightsDigest() throws(ModelError) -> String {
        do throws(ModelFileError) { return try weights.identity() } catch {
            throw ModelError(path: error.path, reason: error.reason)
        }
    }

    package func tokenizer() throws(ModelError) -> Tokenizer {
        let bytes = try directory.bytes(of: ModelDirectory.tokenizerFile)
        do throws(TokenizerError) { return try Tokenizer(parsing: bytes) } catch {
            throw ModelError(path: directory.path(of: ModelDirectory.tokenizerFile), reason: error.description)
        }
    }

    /// The head that was fitted on the network's vectors; nil where the network has its own or none.
    func fittedHead(instructionSet: InstructionSet?) throws(ModelError) -> FittedHead? {
        guard let description, let settings = description.head else { return nil }
        return try FittedHead(
            directory.smallWeights(ModelDirectory.headFile),
            settings: settings,
            labelCount: labels.count,
            size: configuration.encoder.hiddenSize,
            temperature: description.temperature,
            instructionSet: instructionSet
        )
    }

    /// What answers before the network runs; nil where there is no first stage.
    func firstStage() -> FirstStage? {
        guard let description, let settings = description.firstStage, let scope = description.head?.scope else {
            return nil
        }
        return FirstStage(settings, scope: scope, labelCount: labels.count)
    }

    func firstStageWeights() throws(ModelError) -> FirstStageWeights? {
        guard description?.firstStage != nil else { return nil }
        return try FirstStageWeights(
            directory.smallWeights(ModelDirectory.headFile),
            labelCount: labels.count,
            hiddenSize: configuration.encoder.hiddenSize
        )
    }

    /// The examples that a fitted head compares with.
    func exampleTexts() throws(ModelError) -> ExampleTexts? {
        guard description?.head?.scope != nil, directory.exists(ModelDirectory.examplesFile) else { return nil }
        return ExampleTexts(try directory.bytes(of: ModelDirectory.examplesFile))
    }

    /// The network's weights, assembled from its decoded matrices.
    func encoderWeights(_ matrices: [String: WeightMatrix]) throws(ModelError) -> EncoderWeights {
        do throws(EncoderError) {
            return try EncoderWeights(configuration: configuration.encoder, names: names, head: head) {
                name throws(EncoderError) in
                guard let matrix = matrices[name] else {
                    throw .invalidWeights("the network reads \"\(name)\", which is not among its tensors")
                }
                return matrix
            }
        } catch {
            throw ModelError(path: weights.path, reason: error.description)
        }
    }
}
