package import StrictJSON

/// A WordPiece tokenizer as a Hugging Face `tokenizer.json` describes it; its ids are those of Hugging Face tokenizers.
///
/// Supported: normalizer BertNormalizer or none, pre-tokenizer BertPreTokenizer, model WordPiece, added tokens, post-processor
/// TemplateProcessing, BertProcessing or none, truncation. `padding` is ignored, as nothing here is ever padded, and so is
/// `decoder`. Anything else is a `TokenizerError` that names it.
///
/// Immutable: every method may be called from many threads at once.
package struct Tokenizer: Sendable {
    let model: WordPiece
    let normalizer: BertNormalizer?
    let postProcessor: PostProcessor
    let truncation: Truncation

    /// What the file's `truncation.max_length` says; nil where it does not truncate.
    package var maximumLength: Int? { truncation.maximumLength }
    /// Added tokens sought in the raw text.
    let rawTokens: AddedTokenMatcher
    /// Added tokens sought in the normalised text.
    let normalizedTokens: AddedTokenMatcher
    /// What normalisation makes of each ASCII byte.
    let folding: [UInt8]
    /// By byte of raw text, the `ByteNeed`s it raises.
    let needs: [UInt8]

    private let addedTokens: [UInt32: AddedToken]
    private let addedIDs: [String.UTF8View.Key: UInt32]

    /// What text containing a byte needs beyond folding byte by byte.
    enum ByteNeed {
        static let rawTokens: UInt8 = 1
        static let normalization: UInt8 = 2
    }

    /// Reads a Hugging Face `tokenizer.json`.
    /// - Throws: an error that says where in the file and, for a component that is not supported, which.
    package init(json: JSONValue) throws(TokenizerError) {
        let file = TokenizerFileNode(value: json, location: "")
        let normalizer: BertNormalizer? =
            if let node = try file.optional("normalizer") { try BertNormalizer(node) } else { nil }
        guard let preTokenizer = try file.optional("pre_tokenizer") else {
            throw .unsupported(component: "pre_tokenizer", found: "null", supported: "BertPreTokenizer")
        }
        guard try preTokenizer.required("type").string() == "BertPreTokenizer" else {
            throw try preTokenizer.unsupported(supported: "BertPreTokenizer")
        }
        let model = try WordPiece(file.required("model"))
        let added = try AddedToken.tokens(file.optional("added_tokens"), model.vocabulary)
        let raw = added.filter { !$0.isNormalized }
        let normalized = added.filter(\.isNormalized)
        rawTokens = try AddedTokenMatcher(raw, patterns: raw.map { Array($0.content.utf8) })
        normalizedTokens = try AddedTokenMatcher(
            normalized,
            patterns: Self.normalizedPatterns(of: normalized, normalizer)
        )
        addedTokens = Dictionary(uniqueKeysWithValues: added.map { ($0.id, $0) })
        addedIDs = Dictionary(uniqueKeysWithValues: added.map { ($0.content.utf8.key, $0.id) })
        postProcessor = try PostProcessor(file.optional("post_processor")) { [addedTokens] id in
            addedTokens[id] != nil || model.vocabulary.token(for: Int(id)) != nil
        }
        truncation = try Truncation(file.optional("truncation"))
        folding = normalizer?.folding ?? ByteTable.identity
        needs = ByteTable.identity.map { [folding, rawTokens, normalizedTokens] byte in
            let isNormalized = byte < 0x80 ? normalizer?.removes(byte) != true : normalizer == nil
            // Beyond ASCII a normaliser may produce any byte; only without one do bytes stand for themselves there.
            let startsNormalized = normalizedTokens.startsToken[Int(folding[Int(byte)])]
            return (rawTokens.startsToken[Int(byte)] ? ByteNeed.rawTokens : 0)
                | (isNormalized && !startsNormalized ? 0 : ByteNeed.normalization)
        }
        self.normalizer = normalizer
        self.model = model
    }

    /// Parses a Hugging Face `tokenizer.json` and reads it.
    package init(parsing bytes: [UInt8]) throws(TokenizerError) {
        let json: JSONValue
        do { json = try JSONParser.parse(bytes) } catch { throw .notJSON(error) }
        try self.init(json: json)
    }

    private static func normalizedPatterns(
        of tokens: [AddedToken],
        _ normalizer: BertNormalizer?
    ) throws(TokenizerError) -> [[UInt8]] {
        var patterns: [[UInt8]] = []
        for token in tokens {
            var pattern: [UInt8] = []
            if let normalizer {
                normalizer.normalize(token.content.utf8.span, 0..<token.content.utf8.count, into: &pattern)
            } else {
                pattern = Array(token.content.utf8)
            }
            guard !pattern.isEmpty else {
                throw .invalid(
                    location: "added_tokens",
                    reason: "normalisation leaves nothing of \(TokenizerError.quoted(token.content))"
                )
            }
            patterns.append(pattern)
        }
        return patterns
    }

    /// One more than the highest id, added tokens included.
    package var vocabularySize: Int {
        max(model.vocabulary.size, (addedTokens.keys.max().map(Int.init) ?? -1) + 1)
    }

    /// The id of what the vocabulary does not know.
    package var unknownID: UInt32 { model.unknownID }

    /// The token with an id; nil when there is none. Continuations carry their prefix (`##ing`).
    package func token(for id: Int) -> String? {
        UInt32(exactly: id).flatMap { addedTokens[$0]?.content } ?? model.vocabulary.token(for: id)
    }

    /// The id of exactly these bytes as a token; nil when there is none.
    package func id(of token: String) -> Int? {
        (addedIDs[token.utf8.key] ?? model.vocabulary.id(of: token)).map(Int.init)
    }
}
