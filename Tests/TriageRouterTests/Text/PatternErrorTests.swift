import Testing

@testable import TriageRouter

@Suite("Errors in patterns")
struct PatternErrorTests {
    private func reason(_ pattern: String, limits: PatternLimits = PatternLimits()) -> String? {
        do throws(TextConditionError) {
            _ = try TextConditions([.exact(["x"]), .pattern(pattern)], limits: limits)
            return nil
        } catch {
            #expect(error.index == 1)
            return error.reason
        }
    }

    @Test(
        "Name the construct and its character",
        arguments: [
            ("ab(cd", 3, "'(' that is not closed"), ("ab)cd", 3, "')' without '('"),
            ("é[ab", 2, "'[' that is not closed"),
            ("😀a]", 3, "']' without"), ("a}", 2, "'}' without"), ("*a", 1, "nothing to repeat"),
            ("a|+", 3, "nothing to repeat"),
            ("({2})", 2, "nothing to repeat"), ("a**", 3, "repetition of a repetition"),
            ("a{2}{3}", 5, "repetition of a"),
            ("a*?", 3, "lazy"), ("a{2}?", 5, "lazy"), ("a++", 3, "possessive"), ("a{,3}", 2, "'{' without a count"),
            ("a{x}", 2, "'{' without a count"), ("a{2", 2, "'{' without a count"), ("a{3,2}", 2, "wrong way around"),
            ("a{0}", 2, "no times"), ("a{65}", 2, "more than 64"), ("a{1,65}", 2, "more than 64"),
            ("a{99999999999999999999}", 2, "more than 64"), ("a^*", 2, "cannot be repeated"),
            (#"\b+"#, 1, "cannot be repeated"),
            ("a(?=b)", 2, "look-ahead"), ("(?!b)", 1, "look-ahead"), ("(?<=b)", 1, "look-behind"),
            ("(?<!b)", 1, "look-behind"),
            ("(?<n>b)", 1, "named group"), ("(?P<n>b)", 1, "named group"), ("(?>b)", 1, "atomic"),
            ("(?#b)", 1, "comment"),
            ("(?i)b", 1, "flag i"), ("(?i:b)", 1, "flag i"), ("(?s-m:b)", 1, "inline flags"),
            ("(?", 1, "'(?' without ':'"),
            (#"(a)\1"#, 4, "back reference"), (#"\k<n>"#, 1, "back reference"), (#"a\p{L}"#, 2, "Unicode property"),
            (#"\Aa"#, 1, #"the anchor \A"#), (#"a\Z"#, 2, #"the anchor \Z"#), (#"\Qa"#, 1, "quotation"),
            (#"\y"#, 1, #"unknown escape \y"#), (#"\é"#, 1, #"unknown escape \é"#), (#"ab\"#, 3, "nothing after it"),
            (#"\u{110000}"#, 1, "no code point"), (#"\u{D800}"#, 1, "no code point"), (#"\u{}"#, 1, "no code point"),
            (#"\u12"#, 1, "no code point"), (#"\u{41"#, 1, "no code point"), ("[]", 1, "empty class"),
            ("x[^]", 2, "empty class"),
            ("[b-a]", 2, "wrong way around"), (#"[a-\d]"#, 2, "no single character"), ("[a-c-e]", 5, "'-' between"),
            ("[[:alpha:]]", 2, "POSIX class"), ("[a[b]]", 3, "'[' in a class"), (#"[\b]"#, 2, "boundary in [ ]"),
            (#"[^\d\D]"#, 1, "no character is in"), ("a\u{0}b", 2, "control character"),
            ("a\tb", 2, "control character"),
            ("[a\u{85}]", 3, "control character"), (#"[a\"#, 3, "nothing after it"),
            ("[a-", 1, "'[' that is not closed"),
        ]
    )
    func positions(pattern: String, character: Int, construct: String) {
        let reason = reason(pattern) ?? ""
        #expect(reason.hasPrefix("the pattern has at character \(character) "), "\(reason)")
        #expect(reason.contains(construct), "\(reason)")
    }

    @Test(
        "Whatever matches the empty text",
        arguments: ["", "a*", "a|", "^", "$", "^$", #"\B"#, "()", "(a?){3}", "^.{0,64}$"]
    )
    func emptyText(pattern: String) {
        #expect(reason(pattern)?.contains("matches even the empty text") == true)
    }

    @Test(
        "Whatever matches no text",
        arguments: ["a$b", "a^b", "a  b", "^ a", "a $", "^ +$", #"a\tb"#, #"a\n"#, #"a\bb"#, #"\b\B"#, #"^ \b"#]
    )
    func noText(pattern: String) {
        #expect(reason(pattern)?.contains("can match no text") == true)
    }

    @Test("What is within the limits is accepted, what is above is not")
    func limits() {
        #expect(reason(String(repeating: "é", count: 512)) == nil)
        #expect(reason(String(repeating: "é", count: 513))?.contains("has 1026 bytes, more than 1024") == true)
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
        }
        #expect(reason(nested(32)) == nil)
        #expect(reason(nested(33))?.contains("at character 33 a group nested deeper than 32") == true)
        #expect(reason("a{64}") == nil)
        #expect(reason("((a{8}){8}){8}") == nil)
        #expect(reason("((a{16}){16}){16}")?.contains("needs more than 4096 states") == true)
        #expect(reason("a[ab]{6}b") == nil)
        #expect(
            reason("a[ab]{6}b", limits: PatternLimits(automatonStates: 100))?.contains("needs more than 100 states")
                == true
        )
        // Repetitions of nothing make no states, and would take for ever.
        let nothing = String(repeating: "(", count: 30) + String(repeating: "){64}", count: 30) + "a"
        #expect(reason(nothing, limits: PatternLimits(work: 100_000))?.contains("too much work") == true)
    }

    @Test("All conditions together have limits of work and of memory")
    func sharedLimits() throws {
        let patterns = (0..<40).map { Policy.TextCondition.pattern("order [a-f]{2,5}\($0)") }
        #expect(throws: Never.self) { try TextConditions(patterns) }
        let work = #expect(throws: TextConditionError.self) {
            try TextConditions(patterns, limits: PatternLimits(work: 20_000))
        }
        #expect(work.map { $0.index > 0 && $0.reason.contains("too much work") } == true)
        let memory = #expect(throws: TextConditionError.self) {
            try TextConditions(patterns, limits: PatternLimits(tableBytes: 1 << 12))
        }
        #expect(memory.map { $0.index > 0 && $0.reason.contains("of memory") } == true)
        let texts = #expect(throws: TextConditionError.self) {
            try TextConditions(
                [.exact((0..<1000).map { "\($0)" }), .prefix((0..<1000).map { "\($0)" })],
                limits: PatternLimits(tableBytes: 100_000)
            )
        }
        #expect(texts?.index == 1)
    }
}
