import StrictJSON
import Tokenization

/// A small `tokenizer.json` for tests that name their ids, with any part replaced.
enum TokenizerFixture {
    /// [PAD] 0, [UNK] 1, [CLS] 2, [SEP] 3, [MASK] 4, then these from 5.
    static let words = [
        "hello", "world", "un", "##believ", "##able", "!", "a", "b", "c", "##a", "é", "##e\u{301}", "ß",
    ]

    static var file: JSONObject {
        let specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        var vocabulary: JSONObject = [:]
        for (id, token) in (specials + words).enumerated() { vocabulary[token] = JSONValue(id) }
        return [
            "version": .string("1.0"), "truncation": .null, "padding": .null,
            "added_tokens": .array(specials.enumerated().map { added(id: $0.offset, $0.element) }),
            "normalizer": .object([
                "type": .string("BertNormalizer"), "clean_text": .bool(true), "handle_chinese_chars": .bool(true),
                "strip_accents": .null, "lowercase": .bool(true),
            ]),
            "pre_tokenizer": .object(["type": .string("BertPreTokenizer")]),
            "post_processor": .object([
                "type": .string("BertProcessing"),
                "cls": .array([.string("[CLS]"), .integer(2)]), "sep": .array([.string("[SEP]"), .integer(3)]),
            ]),
            "decoder": .object(["type": .string("WordPiece")]),
            "model": .object([
                "type": .string("WordPiece"), "unk_token": .string("[UNK]"),
                "continuing_subword_prefix": .string("##"), "max_input_chars_per_word": .integer(100),
                "vocab": .object(vocabulary),
            ]),
        ]
    }

    static func added(id: Int, _ content: String, normalized: Bool = false) -> JSONValue {
        .object([
            "id": JSONValue(id), "content": .string(content), "special": .bool(true), "single_word": .bool(false),
            "lstrip": .bool(false), "rstrip": .bool(false), "normalized": .bool(normalized),
        ])
    }

    /// The file with the value at `path` (keys joined by dots) replaced, or removed when `value` is nil.
    static func file(_ path: String, _ value: JSONValue?) -> JSONValue {
        replacing(.object(file), path.split(separator: ".").map(String.init)[...], value)
    }

    static func tokenizer(_ path: String, _ value: JSONValue?) throws(TokenizerError) -> Tokenizer {
        try Tokenizer(json: file(path, value))
    }

    private static func replacing(_ base: JSONValue, _ path: ArraySlice<String>, _ value: JSONValue?) -> JSONValue {
        guard let key = path.first, var object = base.object else { return value ?? base }
        object[key] = path.count == 1 ? value : replacing(object[key] ?? .null, path.dropFirst(), value)
        return .object(object)
    }
}
