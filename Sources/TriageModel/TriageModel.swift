/// A loaded model: text in, probabilities or an embedding out.
///
/// ```swift
/// let model = try TriageModel(directory: "models/triage-en")
/// let answer = try model.classify("I lost my card, please block it")
/// print(model.labels[0].name, answer.probabilities[0])
/// ```
///
/// Immutable and safe to use from many threads at once; each call works on its own scratch memory.
public final class TriageModel: Sendable {
    /// Loads the model in `directory`.
    /// - Throws: `ModelError` that names the file and what is wrong with it.
    public init(directory: String, precision: Precision = .automatic) throws(ModelError) {
        throw ModelError(path: directory, reason: "not implemented")
    }

    /// The model's name, from `triage.json` or the directory.
    public var name: String { "" }
    /// `sha256:` and the digest of the weight file.
    public var identity: String { "" }
    /// What computes, such as `cpu-int8-avx512vnni`.
    public var backend: String { "" }
    /// The labels in the order of the logits; empty for a model that only embeds.
    public var labels: [Label] { [] }
    /// The longest text, in tokens, that the model reads.
    public var maximumTokenCount: Int { 0 }
    /// Values in an embedding.
    public var embeddingSize: Int { 0 }

    /// Classifies texts; the result of each does not depend on the others. `threads` run at most at once.
    public func classify(_ texts: [String], threads: Int = 1) throws(ModelError) -> [Classification] { [] }

    /// Classifies one text.
    public func classify(_ text: String) throws(ModelError) -> Classification {
        throw ModelError(path: "", reason: "not implemented")
    }

    /// Embeds texts; the result of each does not depend on the others.
    public func embed(_ texts: [String], threads: Int = 1) throws(ModelError) -> [Embedding] { [] }

    /// The tokens of a text.
    public func tokenize(_ text: String) -> Tokens { Tokens(ids: [], texts: [], isTruncated: false) }
}
