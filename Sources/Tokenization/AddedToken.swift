/// A token of the file's `added_tokens`: found in the text as it stands, before words are made.
struct AddedToken: Sendable {
    let content: String
    let id: UInt32
    /// Does not match next to a letter, digit or other word character.
    let isSingleWord: Bool
    /// Swallows the white space before it.
    let stripsLeft: Bool
    /// Swallows the white space after it.
    let stripsRight: Bool
    /// Sought, itself normalised, in the normalised text; else as written in the raw text.
    let isNormalized: Bool

    /// Reads `added_tokens`. The ids must be those that Hugging Face tokenizers gives: a token of the vocabulary keeps its id,
    /// others are counted on. (That library ignores ids that differ, so a file with such ids means two different things.)
    static func tokens(_ file: TokenizerFileNode?, _ vocabulary: Vocabulary) throws(TokenizerError) -> [AddedToken] {
        guard let file else { return [] }
        let elements = try file.elements()
        guard elements.count <= Vocabulary.maximumCount else {
            throw file.invalid("more than \(Vocabulary.maximumCount) tokens")
        }
        var tokens: [AddedToken] = []
        var contents: Set<String.UTF8View.Key> = []
        var highest: Int?
        for element in elements {
            let content = try element.required("content")
            let text = try content.string()
            guard !text.isEmpty else { throw content.invalid("empty") }
            guard text.utf8.count <= Vocabulary.maximumTokenLength else {
                throw content.invalid("longer than \(Vocabulary.maximumTokenLength) bytes")
            }
            guard contents.insert(text.utf8.key).inserted else {
                throw content.invalid("\(TokenizerError.quoted(text)) occurs twice")
            }
            let idNode = try element.required("id")
            let id = try idNode.tokenID()
            let known = vocabulary.id(of: text)
            let expected = known.map(Int.init) ?? max(vocabulary.count, (highest ?? -1) + 1)
            guard Int(id) == expected else {
                throw idNode.invalid("\(id), but \(TokenizerError.quoted(text)) has id \(expected)")
            }
            guard known != nil || vocabulary.token(for: Int(id)) == nil else {
                throw idNode.invalid("\(id) belongs to another token of the vocabulary")
            }
            highest = max(highest ?? 0, expected)
            // Special tokens differ only in decoding.
            _ = try element.required("special").bool()
            tokens.append(
                AddedToken(
                    content: text,
                    id: id,
                    isSingleWord: try element.required("single_word").bool(),
                    stripsLeft: try element.required("lstrip").bool(),
                    stripsRight: try element.required("rstrip").bool(),
                    isNormalized: try element.required("normalized").bool()
                )
            )
        }
        return tokens
    }
}

extension String.UTF8View {
    /// Bytes as a key: `String` compares by canonical equivalence, tokens do not.
    struct Key: Hashable {
        let bytes: [UInt8]
    }

    var key: Key { Key(bytes: Array(self)) }
}
