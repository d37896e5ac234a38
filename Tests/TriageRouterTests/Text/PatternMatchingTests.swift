import Testing

@testable import TriageRouter

@Suite("Patterns")
struct PatternMatchingTests {
    private func holds(_ pattern: String, _ text: String) throws -> Bool {
        let conditions = try TextConditions([.pattern(pattern)])
        var matches = TextConditions.Matches()
        conditions.begin(text, &matches)
        return conditions.holds(0, &matches)
    }

    @Test(
        "Match where they say",
        arguments: [
            (#"\bcancel (my )?order 123\b"#, "Please CANCEL  my order 123.", "cancel order 1234"),
            ("[0-9]{13,16}", "card 4111111111111111", "card 411111111111"),
            (#"\b[0-9]{3}\b"#, "is it 123?", "is it 1234"),
            ("^hello", " Hello there", "oh hello"),
            ("bye$", "good\tbye ", "bye now"),
            ("^a.c$", "a😀c", "a😀😀c"),
            ("^a[^b]c$", "aéc", "abc"),
            ("[^A-Z]x", "1x", "ax"),
            ("[Z-a]{2}", "_z", "bc"),
            (#"\Bing\b"#, "sing it", "ing"),
            (#"\u{1F600}+\u{41}"#, "😀😀a", "😀b"),
            ("[à-ÿ]{3}", "éèà", "éeà"),
            (#"a\+b\.\\"#, #"a+b.\"#, "aab.b"),
            ("(red|green|) ?light(s|ing){2}", "redlightsing", "red lights"),
            (#"\d\D\w\W\s\S"#, "1a_- b", "11_- b"),
            ("x(ab?){2,}y", "xaaby", "xaby"),
            ("colou?r(ed){0,2}$", "a COLOREDED", "colorededed"),
            (#"[\]\-^]a"#, "]a", "ba"),
            ("[a-]{2}[^-]", "a-b", "a--"),
            ("É", "É", "é"),
        ]
    )
    func examples(pattern: String, match: String, other: String) throws {
        #expect(try holds(pattern, match))
        #expect(try !holds(pattern, other))
    }

    /// Any range of scalars is exactly what its bytes say.
    @Test("Ranges of scalars are encoded exactly")
    func ranges() throws {
        var random = RandomPatterns(seed: 4)
        let edges: [UInt32] = [
            0x20, 0x7E, 0xA0, 0x7FF, 0x800, 0xFFF, 0x1000, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF,
        ]
        func scalar() -> UInt32 {
            let value = (edges.randomElement(using: &random) ?? 0) &+ UInt32.random(in: 0...130, using: &random) &- 65
            return Unicode.Scalar(value) == nil || value < 0x20 ? 0xE9 : value
        }
        for _ in 0..<60 {
            let first = scalar(), second = scalar()
            let set = ScalarSet([min(first, second)...max(first, second)])
            let program = PatternNode.concatenation([.assertion(.start), .set(set), .assertion(.end)])
            let automaton = try automaton(of: program)
            for _ in 0..<60 {
                let value = scalar(), text = Unicode.Scalar(value).map { String($0) } ?? ""
                let isMatched = automaton.matches(Array(text.utf8).span)
                #expect(
                    isMatched == (value >= min(first, second) && value <= max(first, second))
                )
            }
        }
    }

    private func automaton(of node: PatternNode) throws(PatternError) -> PatternAutomaton {
        let limits = PatternLimits()
        var work = PatternWork(limit: limits.work)
        let program = try PatternProgram(node, limits: limits, work: &work)
        return try PatternAutomatonBuilder.automaton(of: program, limits: limits, work: &work)
    }

    @Test("Agree with a matcher that tries everything", arguments: 0..<8)
    func agreement(seed: UInt64) throws {
        var random = RandomPatterns(seed: seed)
        var scratch = TextConditions.Matches()
        var held = 0, failed = 0, usable = 0
        for _ in 0..<250 {
            let source = random.pattern()
            // Anchors may not be repeated, and so on: what is not a pattern is another test's.
            guard let node = try? PatternParser.parse(source, limits: PatternLimits()) else { continue }
            let conditions = try? TextConditions([.pattern(source)])
            if ReferenceMatcher.matches(node, "") {
                #expect(conditions == nil, "\(source)")
                continue
            }
            usable += conditions == nil ? 0 : 1
            for _ in 0..<12 {
                let text = random.text()
                let normalized = String(decoding: NormalizedText(text).bytes, as: UTF8.self)
                let expected = ReferenceMatcher.matches(node, normalized)
                if let conditions {
                    conditions.begin(text, &scratch)
                    #expect(conditions.holds(0, &scratch) == expected, "\(source) in \(text)")
                    held += expected ? 1 : 0
                    failed += expected ? 0 : 1
                } else {
                    // What is refused otherwise matches no text.
                    #expect(!expected, "\(source) in \(text)")
                }
            }
        }
        #expect(held > 200 && failed > 200 && usable > 60, "\(held) \(failed) \(usable)")
    }

    /// Strings at the place where a text is searched for them, in all positions.
    @Test("Strings are found wherever they are")
    func literals() {
        let literals = ["a", "aa", "aab", "ab", "abab", "b", "ba", "bab", "cab", "é"].map { Array($0.utf8) }
        let automaton = LiteralAutomaton(literals.sorted { $0.lexicographicallyPrecedes($1) })
        var random = RandomPatterns(seed: 1)
        var isFound: [Bool] = []
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...7, using: &random)).map { _ in
                "abcé".randomElement(using: &random) ?? "a"
            }
            let bytes = Array(String(text).utf8)
            var found: [String] = []
            automaton.forEachLiteral(in: bytes.span, isFound: &isFound) {
                found.append(String(decoding: literals[$0], as: UTF8.self))
            }
            let expected = literals.map { String(decoding: $0, as: UTF8.self) }.filter { String(text).contains($0) }
            #expect(found.sorted() == expected.sorted(), "in \(String(text))")
        }
    }
}
