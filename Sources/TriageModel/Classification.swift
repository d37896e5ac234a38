import Encoder

/// What a model says of one text. Reuse one with `TriageModel.classify(_:pair:threads:into:)` to keep its storage.
public struct Classification: Sendable, Equatable {
    /// One raw output a label, in the order of `TriageModel.labels`.
    public internal(set) var logits: [Float] = []
    /// The calibrated probability of each label: a softmax of the logits over the stage's temperature, or a sigmoid of
    /// each where labels do not exclude one another. For a regression model, the logits themselves.
    public internal(set) var probabilities: [Float] = []
    /// The calibrated probability that the likeliest label is right: the greatest of `probabilities`, or where the model
    /// was fitted to say more, what its lead over the next label and the strangeness of the text make of it.
    public internal(set) var confidence: Float = 0
    /// How unlike anything in training the text is, 0 to 1: the share of held-out texts in scope that are less so; nil
    /// where the model cannot say.
    public internal(set) var outOfScope: Float?
    /// The closest example that the model carries, for `TriageModel.example(at:)`; nil where it carries none.
    public internal(set) var nearestExample: Int?
    /// The part of the model that answered.
    public internal(set) var stage = Stage.whole
    /// What computed it, such as `cpu-int8-avx512vnni`; empty where nothing was computed.
    public internal(set) var backend = ""
    /// Tokens that the model read, special tokens included.
    public internal(set) var tokenCount = 0
    /// Whether the text was longer than the model reads, so that only a part was.
    public internal(set) var isTruncated = false

    /// Of no text.
    public init() {}

    /// Makes this the classification of no text and keeps its storage.
    package mutating func clear() {
        logits.removeAll(keepingCapacity: true)
        probabilities.removeAll(keepingCapacity: true)
        (confidence, outOfScope, nearestExample) = (0, nil, nil)
        (tokenCount, isTruncated, stage, backend) = (0, false, .whole, "")
    }

    /// A part of a model that answers.
    public enum Stage: String, Sendable, CaseIterable {
        /// The first stage, from the words of the text alone, because it was sure enough.
        case first
        /// The whole model.
        case whole

        var ofEncoder: EncoderStage { self == .first ? .first : .whole }
    }
}

/// The vector of one text.
public struct Embedding: Sendable, Equatable {
    /// As many values as the model's hidden size; of length 1 where the model normalises.
    public internal(set) var vector: [Float] = []
    /// Tokens that the model read, special tokens included.
    public internal(set) var tokenCount = 0
    /// Whether the text was longer than the model reads, so that only a part was.
    public internal(set) var isTruncated = false
}

/// The tokens of one text as the model reads them.
public struct Tokens: Sendable, Equatable {
    /// Vocabulary indices, special tokens included.
    public let ids: [Int]
    /// The same tokens as text.
    public let texts: [String]
    /// Whether tokens were cut off.
    public let isTruncated: Bool
}

/// One answer a model can give, and who handles it.
public struct Label: Sendable, Hashable {
    /// The label's name in the model.
    public let name: String
    /// The route this label leads to; nil where the model names none.
    public let route: String?
    /// The handler on that route, such as the name of a script; nil where the model names none.
    public let target: String?

    init(name: String, route: String?, target: String? = nil) {
        self.name = name
        self.route = route
        self.target = target
    }
}

/// Which arithmetic a model is run with.
public enum Precision: String, Sendable, CaseIterable {
    /// int8 where the weights are stored as int8, otherwise 32-bit floating point.
    case automatic = "auto"
    /// 32-bit floating point through OpenBLAS: the accuracy reference, close to but not bit-identical everywhere.
    case float32 = "f32"
    /// 8-bit integers: bit-identical on every machine, alone and in any batch.
    case int8
}
