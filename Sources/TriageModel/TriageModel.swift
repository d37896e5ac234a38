package import CPUBackend
package import Encoder
import ModelFormat
import Parallelism
import Synchronization
import Tokenization

/// A loaded model: text in, probabilities or an embedding out.
///
/// ```swift
/// let model = try TriageModel(directory: "models/triage-en")
/// let answer = try model.classify("I lost my card, please block it")
/// print(model.labels[0].name, answer.probabilities[0])
/// ```
///
/// Immutable and safe to use from many threads at once; each call works on scratch memory of its own.
public final class TriageModel: Sendable {
    /// The model's name, from `triage.json` or the directory.
    public let name: String
    /// The directory it was loaded from.
    public let directory: String
    /// `sha256:` and a digest of every file that decides what the model answers.
    public let identity: String
    /// The labels in the order of the logits; empty for a model that only embeds.
    public let labels: [Label]
    /// The longest text, in tokens, that the model reads, special tokens included.
    public let maximumTokenCount: Int
    /// Whether texts are classified by the model's first stage where that is sure enough; false for a model without one.
    public let usesFirstStage: Bool
    /// The tokens read of a text that holds nothing, such as control characters only: the special ones.
    public let emptyTokenCount: Int

    package let files: ModelFiles
    package let encoder: any EncoderBackend
    /// As it was asked for; `backend` says what came of it.
    package let backendChoice: BackendChoice
    let tokenizer: Tokenizer
    /// Of the logits of the network's own head.
    let calibration: Calibration
    let firstStage: FirstStage?
    /// Nil where the network's own head classifies.
    let fittedHead: FittedHead?
    private let exampleTexts: ExampleTexts?
    /// When the model decides and when it abstains; nil for one that decides always.
    public let decision: DecisionSettings?
    let scratch = SparePool { Scratch() }

    /// Loads the model in `directory`: an ordinary Hugging Face directory of the BERT family, with or without the
    /// `triage.json` that `triage convert` writes.
    /// `usesFirstStage`: whether the first stage, where the model has one, answers what it is sure of.
    /// `backend`: what computes. `device`: for a GPU its number or a part of its name, as `triage doctor` lists them; nil for
    /// the best that is not software.
    /// - Throws: `ModelError` that names the file and what is wrong with it, or why the GPU that was asked for cannot be used.
    public convenience init(
        directory: String,
        precision: Precision = .automatic,
        usesFirstStage: Bool = true,
        backend: Backend = .cpu,
        device: String? = nil
    ) throws(ModelError) {
        try self.init(
            files: ModelFiles(directory),
            precision: precision,
            usesFirstStage: usesFirstStage,
            choice: BackendChoice(backend, device: device)
        )
    }

    package convenience init(
        files: ModelFiles,
        precision: Precision,
        instructionSet: InstructionSet? = nil,
        usesFirstStage: Bool = true,
        choice: BackendChoice = .cpu
    ) throws(ModelError) {
        try self.init(files: files, instructionSet, usesFirstStage: usesFirstStage, choice) { work throws(ModelError) in
            try files.backend(choice, precision: precision, instructionSet: instructionSet, alongside: work)
        }
    }

    /// `backend` makes what computes, and does the work that it is given meanwhile.
    init(
        files: ModelFiles,
        _ instructionSet: InstructionSet?,
        usesFirstStage: Bool,
        _ choice: BackendChoice,
        backend: @escaping @Sendable (_ alongside: @Sendable () -> Void) throws(ModelError) -> any EncoderBackend
    ) throws(ModelError) {
        let (tokenizer, backend) = try Self.parts(of: files, backend: backend)
        guard tokenizer.vocabularySize <= files.configuration.encoder.vocabularySize else {
            throw ModelError(
                path: files.directory.path(of: ModelDirectory.tokenizerFile),
                reason:
                    "has \(tokenizer.vocabularySize) tokens, the model \(files.configuration.encoder.vocabularySize)"
            )
        }
        self.files = files
        self.tokenizer = tokenizer
        encoder = backend
        backendChoice = choice
        fittedHead = try files.fittedHead(instructionSet: instructionSet)
        exampleTexts = try files.exampleTexts()
        if let exampleTexts, let fittedHead, exampleTexts.count != fittedHead.exampleCount {
            throw ModelError(
                path: files.directory.path(of: ModelDirectory.examplesFile),
                reason: "holds \(exampleTexts.count) examples, the head compares with \(fittedHead.exampleCount)"
            )
        }
        decision = files.description?.decision
        directory = files.directory.path
        name = files.name
        labels = files.labels
        calibration = Calibration(
            problemType: files.configuration.problemType,
            temperature: files.description?.temperature ?? 1
        )
        firstStage = usesFirstStage ? files.firstStage() : nil
        self.usesFirstStage = firstStage != nil
        identity = try files.identity()
        maximumTokenCount = try Self.maximumTokenCount(files, tokenizer)
        emptyTokenCount = tokenizer.encode("", maximumLength: maximumTokenCount).ids.count
        try checkSegments()
    }

    /// The same model with or without its first stage; what is loaded is shared.
    package init(_ model: TriageModel, usesFirstStage: Bool) {
        name = model.name
        directory = model.directory
        identity = model.identity
        labels = model.labels
        maximumTokenCount = model.maximumTokenCount
        emptyTokenCount = model.emptyTokenCount
        files = model.files
        encoder = model.encoder
        backendChoice = model.backendChoice
        fittedHead = model.fittedHead
        exampleTexts = model.exampleTexts
        decision = model.decision
        tokenizer = model.tokenizer
        calibration = model.calibration
        firstStage = usesFirstStage ? files.firstStage() : nil
        self.usesFirstStage = firstStage != nil
    }

    /// What takes time to load, on several threads.
    private static func parts(
        of files: ModelFiles,
        backend: @escaping @Sendable (_ alongside: @Sendable () -> Void) throws(ModelError) -> any EncoderBackend
    ) throws(ModelError) -> (Tokenizer, any EncoderBackend) {
        guard files.weights.isCompressed else {
            // Hashing takes as long as all the rest.
            let (_, parts) = try concurrently(
                { () throws(ModelError) in try files.weightsDigest() },
                { () throws(ModelError) in (try files.tokenizer(), try backend {}) }
            )
            return parts
        }
        let tokenizer = Mutex<Result<Tokenizer, ModelError>?>(nil)
        let backend = try backend {
            let result = Result { () throws(ModelError) in try files.tokenizer() }
            tokenizer.withLock { $0 = result }
        }
        guard let result = tokenizer.withLock({ $0 }) else { return (try files.tokenizer(), backend) }
        return (try result.get(), backend)
    }

    /// What the files say, and never more than there are positions.
    private static func maximumTokenCount(_ files: ModelFiles, _ tokenizer: Tokenizer) throws(ModelError) -> Int {
        let positions = files.configuration.encoder.maximumPositions
        let count = min(positions, files.declaredMaximumTokenCount ?? tokenizer.maximumLength ?? positions)
        guard count > tokenizer.encode("").ids.count else {
            throw ModelError(
                path: files.directory.path,
                reason: "reads at most \(count) tokens, which leaves none for a text beside the special ones"
            )
        }
        return count
    }

    private func checkSegments() throws(ModelError) {
        let count = files.configuration.encoder.segmentCount
        let greatest = tokenizer.encode("a", pair: "a").segmentIds.max() ?? 0
        guard count == 0 || Int(greatest) < count else {
            throw ModelError(
                path: files.directory.path(of: ModelDirectory.tokenizerFile),
                reason: "numbers segments up to \(greatest), the model has \(count)"
            )
        }
    }

    /// What computes, such as `cpu-int8-avx512vnni`. With ``Backend/auto`` what computes small calls; a ``Classification``
    /// says what has computed it.
    public var backend: String { encoder.name }

    /// With ``Backend/auto``, why the GPU is not used for calls that it was looked for; nil otherwise.
    public var deviceNotice: String? { (encoder as? AutomaticBackend)?.notice }

    /// With ``Backend/auto``, looks for the GPU now and says from how many tokens of a call on it computes; nil where it never
    /// does. May take some tenths of a second.
    package func prepareDevice(threads: Int) -> Int? { (encoder as? AutomaticBackend)?.prepare(threads: threads) }

    /// Values in an embedding.
    public var embeddingSize: Int { files.configuration.encoder.hiddenSize }

    /// An example that the model was trained on, by its number in `Classification.nearestExample`; nil where the model does
    /// not carry its text.
    public func example(at index: Int) -> Example? { exampleTexts?[index] }

    /// The tokens of a text as the model reads them.
    public func tokenize(_ text: String) -> Tokens {
        let encoding = tokenizer.encode(text, maximumLength: maximumTokenCount)
        return Tokens(
            ids: encoding.ids.map(Int.init),
            texts: encoding.ids.map { tokenizer.token(for: Int($0)) ?? "" },
            isTruncated: encoding.isTruncated
        )
    }
}
