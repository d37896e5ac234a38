import StrictJSON
import Testing
import Tokenization

/// What a `tokenizer.json` may not say, and that the error names the place.
@Suite struct TokenizerFileTests {
    @Test(arguments: [
        ("normalizer.type", "NFKC", "normalizer \"NFKC\" is not supported (supported: BertNormalizer, null)"),
        (
            "pre_tokenizer.type", "Whitespace",
            "pre_tokenizer \"Whitespace\" is not supported (supported: BertPreTokenizer)"
        ),
        ("model.type", "BPE", "model \"BPE\" is not supported (supported: WordPiece)"),
        (
            "post_processor.type", "ByteLevel",
            "post_processor \"ByteLevel\" is not supported (supported: TemplateProcessing, BertProcessing, null)"
        ),
    ])
    func namesTheUnsupportedComponent(_ path: String, _ type: String, _ message: String) {
        let error = #expect(throws: TokenizerError.self) { try TokenizerFixture.tokenizer(path, .string(type)) }
        #expect(error?.description == message)
    }

    static let faults: [(path: String, value: JSONValue?, location: String)] = [
        ("normalizer.clean_text", nil, "normalizer"),
        ("normalizer.lowercase", .integer(1), "normalizer.lowercase"),
        ("normalizer.strip_accents", .string("yes"), "normalizer.strip_accents"),
        ("normalizer", .array([]), "normalizer"),
        ("model", nil, "tokenizer.json"),
        ("model.vocab", nil, "model"),
        ("model.vocab", .array([]), "model.vocab"),
        ("model.vocab", .object([:]), "model.unk_token"),
        ("model.vocab", .object(["[UNK]": .integer(0), "b": .integer(0)]), "model.vocab"),
        ("model.vocab", .object(["[UNK]": .integer(-1)]), "model.vocab"),
        ("model.vocab", .object(["[UNK]": .integer(1 << 22)]), "model.vocab"),
        ("model.vocab", .object(["[UNK]": .integer(.max)]), "model.vocab"),
        ("model.vocab", .object(["[UNK]": .number(0.5)]), "model.vocab"),
        ("model.vocab.long", .integer(99), ""),
        ("model.vocab.\(String(repeating: "x", count: 1025))", .integer(99), "model.vocab"),
        ("model.unk_token", .string("nowhere"), "model.unk_token"),
        ("model.unk_token", .null, "model"),
        ("model.max_input_chars_per_word", .integer(-1), "model.max_input_chars_per_word"),
        ("model.continuing_subword_prefix", .null, "model"),
        ("added_tokens", .object([:]), "added_tokens"),
        ("added_tokens", .array([.null]), "added_tokens[0]"),
        ("added_tokens", .array([TokenizerFixture.added(id: 3, "[PAD]")]), "added_tokens[0].id"),
        ("added_tokens", .array([TokenizerFixture.added(id: 99, "new")]), "added_tokens[0].id"),
        ("added_tokens", .array([TokenizerFixture.added(id: 18, "")]), "added_tokens[0].content"),
        (
            "added_tokens", .array([TokenizerFixture.added(id: 0, "[PAD]"), TokenizerFixture.added(id: 0, "[PAD]")]),
            "added_tokens[1].content"
        ),
        ("added_tokens", .array([TokenizerFixture.added(id: 18, "\u{301}", normalized: true)]), "added_tokens"),
        (
            "added_tokens",
            .array([
                TokenizerFixture.added(id: 18, "New", normalized: true),
                TokenizerFixture.added(id: 19, "new", normalized: true),
            ]), "added_tokens"
        ),
        ("post_processor.cls", .array([.string("[CLS]"), .integer(1000)]), "post_processor.cls[1]"),
        ("post_processor.sep", .array([]), "post_processor.sep"),
        ("truncation", .object(["max_length": .integer(-5)]), "truncation.max_length"),
        ("truncation", .object(["max_length": .integer(5)]), "truncation"),
        ("truncation", .object(["max_length": .integer(5), "strategy": .string("x")]), "truncation.strategy"),
    ]

    @Test(arguments: faults.indices)
    func saysWhere(_ index: Int) throws {
        let fault = Self.faults[index]
        guard !fault.location.isEmpty else {
            #expect(throws: Never.self) { try TokenizerFixture.tokenizer(fault.path, fault.value) }
            return
        }
        let error = #expect(throws: TokenizerError.self) { try TokenizerFixture.tokenizer(fault.path, fault.value) }
        guard case .invalid(let location, _) = error else {
            Issue.record("\(fault.path): \(String(describing: error))")
            return
        }
        #expect(location == fault.location)
    }

    static let templates: [(single: String, pair: String, location: String)] = [
        (#"[{"SpecialToken":{"id":"x","type_id":0}}]"#, "[]", "post_processor.special_tokens"),
        ("[]", "[]", "post_processor.single"),
        (#"[{"Sequence":{"id":"B","type_id":0}}]"#, "[]", "post_processor.single"),
        (#"[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"A","type_id":0}}]"#, "[]", "post_processor.single"),
        (#"[{"Sequence":{"id":"A","type_id":256}}]"#, "[]", "post_processor.single[0].Sequence.type_id"),
        (#"[{"Sequence":{"id":"A","type_id":0}}]"#, #"[{"Sequence":{"id":"A","type_id":0}}]"#, "post_processor.pair"),
        (#"[{"SpecialToken":{"id":"bad","type_id":0}}]"#, "[]", "post_processor.special_tokens.bad.ids[0]"),
        (#"[{"SpecialToken":{"id":"many","type_id":0}}]"#, "[]", "post_processor.single"),
        (#"[{"Other":{}}]"#, "[]", "post_processor.single[0]"),
    ]

    @Test(arguments: templates.indices)
    func checksTemplates(_ index: Int) throws {
        let template = Self.templates[index]
        let many = Array(repeating: "3", count: 300).joined(separator: ",")
        let section = try JSONParser.parse(
            """
            {"type":"TemplateProcessing","single":\(template.single),"pair":\(template.pair),
             "special_tokens":{"bad":{"ids":[4194303]},"many":{"ids":[\(many)]}}}
            """
        )
        let error = #expect(throws: TokenizerError.self) { try TokenizerFixture.tokenizer("post_processor", section) }
        guard case .invalid(let location, _) = error else {
            Issue.record("\(template): \(String(describing: error))")
            return
        }
        #expect(location == template.location)
    }

    @Test func reportsBadJSON() {
        let error = #expect(throws: TokenizerError.self) { try Tokenizer(parsing: Array("{,".utf8)) }
        #expect(error?.description == "not JSON: expected a key at byte 1")
        #expect(throws: TokenizerError.self) { try Tokenizer(parsing: Array("[]".utf8)) }
    }

    @Test func keepsMessagesShort() throws {
        let name = String(repeating: "\n\u{301}", count: 100_000)
        let error = #expect(throws: TokenizerError.self) { try TokenizerFixture.tokenizer("model.type", .string(name)) }
        #expect(try #require(error).description.utf8.count < 500)
        #expect(try #require(error).description.contains("\n") == false)
    }

    /// Bytes changed, removed and doubled at random: an error or a tokenizer that works, never a trap.
    @Test func survivesDamagedBytes() {
        let original = Array(JSONValue.object(TokenizerFixture.file).text().utf8)
        let structure = Array("0123456789{}[],:\"".utf8)
        var random = SplitMix(state: 42)
        for _ in 0..<3000 {
            var bytes = original
            for _ in 0...Int.random(in: 0...2, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                let length = Int.random(in: 0..<30, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[position] = .random(in: 0...255, using: &random)
                case 1: bytes[position] = structure.randomElement(using: &random) ?? 0
                case 2: bytes.removeSubrange(position..<min(bytes.count, position + length))
                default: bytes.insert(contentsOf: original.dropFirst(position).prefix(length), at: position)
                }
            }
            if let tokenizer = try? Tokenizer(parsing: bytes) { use(tokenizer) }
        }
    }

    /// Values changed at random in a file that stays JSON.
    @Test func survivesDamagedValues() {
        var random = SplitMix(state: 43)
        var usable = 0
        for _ in 0..<3000 {
            let file = damaged(.object(TokenizerFixture.file), &random)
            guard let tokenizer = try? Tokenizer(json: file) else { continue }
            usable += 1
            use(tokenizer)
        }
        #expect(usable > 300)
    }

    private func use(_ tokenizer: Tokenizer) {
        let encoding = tokenizer.encode("Hello unbelievable [MASK] wörld! 漢字\u{0}", pair: "a", maximumLength: 9)
        #expect(encoding.ids.count <= 9)
        #expect(encoding.ids.allSatisfy { $0 < tokenizer.vocabularySize })
    }

    private func damaged(_ value: JSONValue, _ random: inout SplitMix) -> JSONValue {
        if Int.random(in: 0..<60, using: &random) == 0 {
            let others: [JSONValue] = [
                .null, .bool(true), .integer(-1), .integer(0), .integer(7), .integer(.max), .number(1e300), .string(""),
                .string("##"), .string("hello"), .string("[MASK]"), .array([]), .object([:]),
            ]
            return others.randomElement(using: &random) ?? .null
        }
        switch value {
        case .array(let elements): return .array(elements.map { damaged($0, &random) })
        case .object(var object):
            for member in object.members { object[member.key] = damaged(member.value, &random) }
            return .object(object)
        default: return value
        }
    }
}

/// A small generator with a fixed seed, so that failures repeat.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
