import StrictJSON
import Testing
import Tokenization

@Suite struct TokenizerTests {
    @Test func coversWordsWithTheLongestPieces() throws {
        let tokenizer = try Tokenizer(json: .object(TokenizerFixture.file))
        #expect(tokenizer.encode("Hello,  unbelievable WORLD!").ids == [2, 5, 1, 7, 8, 9, 6, 10, 3])
        #expect(tokenizer.encode("unbelieved helloworld").ids == [2, 1, 1, 3])
        #expect(tokenizer.encode("").ids == [2, 3])
        #expect(tokenizer.encode(" \t\u{3000}\u{0}").ids == [2, 3])
    }

    @Test func findsAddedTokensInUserText() throws {
        let tokenizer = try Tokenizer(json: .object(TokenizerFixture.file))
        #expect(tokenizer.encode("hello[SEP]world [MASK").ids == [2, 5, 3, 6, 1, 1, 3])
    }

    @Test func findsNormalizedAddedTokensInPlainText() throws {
        let added = JSONValue.array([TokenizerFixture.added(id: 18, "Héllo A", normalized: true)])
        let tokenizer = try TokenizerFixture.tokenizer("added_tokens", added)
        #expect(tokenizer.encode("b HELLO a hello").ids == [2, 12, 18, 5, 3])
    }

    @Test func numbersSegments() throws {
        let tokenizer = try Tokenizer(json: .object(TokenizerFixture.file))
        let encoding = tokenizer.encode("hello world", pair: "a")
        #expect(encoding.ids == [2, 5, 6, 3, 11, 3])
        #expect(encoding.segmentIds == [0, 0, 0, 0, 1, 1])
        #expect(!encoding.isTruncated)
    }

    @Test func tellsCanonicallyEquivalentTokensApart() throws {
        let tokenizer = try TokenizerFixture.tokenizer("normalizer", .null)
        #expect(tokenizer.id(of: "\u{E9}") == 15)
        #expect(tokenizer.id(of: "e\u{301}") == nil)
        #expect(tokenizer.encode("\u{E9} ae\u{301} a\u{E9}").ids == [2, 15, 11, 16, 1, 3])
    }

    @Test func looksUpTokensAndIDs() throws {
        let added = JSONValue.array([TokenizerFixture.added(id: 0, "[PAD]"), TokenizerFixture.added(id: 18, "<new>")])
        let tokenizer = try TokenizerFixture.tokenizer("added_tokens", added)
        #expect(tokenizer.vocabularySize == 19)
        for id in 0..<18 { #expect(tokenizer.token(for: id).flatMap(tokenizer.id) == id) }
        #expect(tokenizer.token(for: 8) == "##believ")
        #expect(tokenizer.token(for: 18) == "<new>")
        #expect(tokenizer.id(of: "<new>") == 18)
        #expect(tokenizer.id(of: "believ") == nil)
        for id in [19, -1, .max, .min] { #expect(tokenizer.token(for: id) == nil) }
        // An added token is no word of the model.
        #expect(tokenizer.encode("new <new>").ids == [2, 1, 18, 3])
    }

    /// U+FFFD, with which invalid UTF-8 is repaired, is removed by `clean_text` and unknown without.
    @Test func readsRepairedText() throws {
        let text = String(decoding: [0x68, 0x65, 0xFF, 0x6C, 0x6C, 0xC3, 0x6F], as: UTF8.self)
        #expect(try Tokenizer(json: .object(TokenizerFixture.file)).encode(text).ids == [2, 5, 3])
        #expect(try TokenizerFixture.tokenizer("normalizer.clean_text", .bool(false)).encode(text).ids == [2, 1, 3])
    }

    @Test func leavesNothingOfTheLastUse() throws {
        let tokenizer = try Tokenizer(json: .object(TokenizerFixture.file))
        var encoding = Encoding()
        for text in ["hello wörld unbelievable", "[MASK] 漢字", "a", ""] {
            tokenizer.encode(text, pair: text, maximumLength: 5, into: &encoding)
            #expect(encoding == tokenizer.encode(text, pair: text, maximumLength: 5))
        }
        encoding.removeAll()
        #expect(encoding == Encoding())
    }

    @Test func acceptsAnEmptyPrefixAndVeryLongWords() throws {
        let tokenizer = try TokenizerFixture.tokenizer("model.continuing_subword_prefix", .string(""))
        #expect(tokenizer.encode("abcab").ids == [2, 11, 12, 13, 11, 12, 3])
        let long = String(repeating: "a", count: 200_000)
        #expect(tokenizer.encode(long).ids == [2, 1, 3])
        let unlimited = try TokenizerFixture.tokenizer("model.max_input_chars_per_word", .integer(1_000_000))
        #expect(unlimited.encode(long).ids.count == 200_002)
    }
}
