import Testing

@testable import TriageRouter

@Suite("Text conditions")
struct TextConditionsTests {
    private func answers(_ conditions: [Policy.TextCondition], _ text: String) throws -> [Bool] {
        let compiled = try TextConditions(conditions)
        var matches = TextConditions.Matches()
        compiled.begin(text, &matches)
        return conditions.indices.map { compiled.holds($0, &matches) }
    }

    @Test("Letters of both cases and runs of white space are the same, and nothing else is")
    func normalisation() throws {
        let conditions: [Policy.TextCondition] = [
            .exact([" Reset\tmy   PASSWORD\n"]), .prefix(["RESET my"]), .pattern("^reset MY pass"), .exact(["É"]),
        ]
        for text in ["reset my password", "\u{B}\u{C}\r\nRESET  my\r\npassWord ", "Reset My Password"] {
            #expect(try answers(conditions, text) == [true, true, true, false])
        }
        #expect(try answers(conditions, "reset my passwords") == [false, true, true, false])
        #expect(try answers(conditions, "reset my\u{A0}password") == [false, true, false, false])
        #expect(try answers(conditions, "é") == [false, false, false, false])
        #expect(try answers(conditions, " É ") == [false, false, false, true])
        #expect(NormalizedText("@AZ[`az{ \u{0} É\u{7F}").bytes == Array("@az[`az{ \u{0} É\u{7F}".utf8))
    }

    @Test("Texts, also such that begin with each other")
    func texts() throws {
        let conditions: [Policy.TextCondition] = [
            .exact(["a", "ab c", "abc"]), .exact(["ab"]), .prefix(["a"]), .prefix(["ab", "abcd", "x"]),
            .prefix(["abc"]),
            .exact(["zz", "ab"]),
        ]
        #expect(try answers(conditions, "a") == [true, false, true, false, false, false])
        #expect(try answers(conditions, "ab") == [false, true, true, true, false, true])
        #expect(try answers(conditions, "ABC") == [true, false, true, true, true, false])
        #expect(try answers(conditions, "abce") == [false, false, true, true, true, false])
        #expect(try answers(conditions, "x-ray") == [false, false, false, true, false, false])
        #expect(try answers(conditions, "") == [Bool](repeating: false, count: 6))
        #expect(try answers(conditions, "zzz") == [Bool](repeating: false, count: 6))
        #expect(try answers([], "a") == [])
    }

    @Test("Agree with comparing one by one, for random texts")
    func randomTexts() throws {
        var random = RandomPatterns(seed: 9)
        var held = 0
        for _ in 0..<200 {
            let lists = (0..<8).map { _ in (0...2).map { _ in "a" + random.text() } }
            let compiled = try TextConditions(lists.map { .exact($0) } + lists.map { .prefix($0) })
            var matches = TextConditions.Matches()
            for _ in 0..<20 {
                let text = "a" + random.text(), bytes = NormalizedText(text).bytes
                compiled.begin(text, &matches)
                for (index, list) in lists.enumerated() {
                    let isExact = list.contains { NormalizedText($0).bytes == bytes }
                    let isPrefix = list.contains { bytes.starts(with: NormalizedText($0).bytes) }
                    #expect(compiled.holds(index, &matches) == isExact)
                    #expect(compiled.holds(index + 8, &matches) == isPrefix)
                    held += isExact ? 1 : 0
                }
            }
        }
        #expect(held > 100)
    }

    @Test("Many conditions answer as each alone, and scratch keeps nothing of what it was used for before")
    func manyConditions() throws {
        var random = RandomPatterns(seed: 3)
        var conditions: [Policy.TextCondition] = []
        while conditions.count < 1000 {
            switch conditions.count % 4 {
            case 0: conditions.append(.exact(["a\(conditions.count)", "a" + random.text()]))
            case 1: conditions.append(.prefix(["b" + random.text()]))
            case 2: conditions.append(.pattern("a[1b_]{\(conditions.count % 12 + 1)}"))
            default:
                let pattern = Policy.TextCondition.pattern(random.pattern())
                if (try? TextConditions([pattern])) != nil { conditions.append(pattern) }
            }
        }
        let all = try TextConditions(conditions), few = try TextConditions(Array(conditions.prefix(7)))
        let alone = try conditions.map { try TextConditions([$0]) }
        var shared = TextConditions.Matches()
        for text in (0..<12).map({ _ in random.text() + random.text() }) + ["", "a1", "ab1_1b_1b1_b1", "b"] {
            few.begin("a" + text, &shared)
            _ = (0..<7).map { few.holds($0, &shared) }
            all.begin(text, &shared)
            for index in conditions.indices.reversed() {
                var fresh = TextConditions.Matches()
                alone[index].begin(text, &fresh)
                let expected = alone[index].holds(0, &fresh)
                #expect(all.holds(index, &shared) == expected, "\(conditions[index]) for \(text)")
                #expect(all.holds(index, &shared) == expected, "asked again")
            }
        }
    }

    @Test("A long text of any bytes is searched to its end")
    func longText() throws {
        let conditions: [Policy.TextCondition] = [
            .pattern("aaab"), .pattern("(a|ab|é)+x"), .exact(["a"]), .prefix(["aaa"]),
            .pattern("[\u{0}-\u{10FFFF}]y".replacing("\u{0}", with: "!")),
        ]
        let long = String(repeating: "a", count: 100_000)
        #expect(try answers(conditions, long) == [false, false, false, true, false])
        #expect(try answers(conditions, long + "bx\u{0}y") == [true, true, false, true, false])
        #expect(try answers(conditions, long + "\u{10FFFF}y") == [false, false, false, true, true])
    }

    @Test("What implies what")
    func implication() throws {
        let conditions: [Policy.TextCondition] = [
            .exact(["Hello operator"]), .exact(["hello operator", "bye operator"]), .prefix(["hello"]),
            .prefix(["hell", "bye"]), .pattern("^hello"), .pattern("operator$"), .pattern("^HELLO"),
            .prefix(["hello op"]),
            .pattern("^hello"), .pattern("^hello\\b"), .exact(["hello"]),
        ]
        let compiled = try TextConditions(conditions)
        let implied = conditions.indices.map { b in conditions.indices.filter { compiled.implies(b, $0) } }
        #expect(
            implied == [
                [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 5], [2, 3, 4, 6, 8], [3], [4, 8], [5], [6],
                [2, 3, 4, 6, 7, 8, 9],
                [4, 8], [9], [2, 3, 4, 6, 8, 9, 10],
            ]
        )
    }

    @Test(
        "Texts that cannot be used",
        arguments: [
            (Policy.TextCondition.exact([]), "no text is given"), (.exact(["  \t"]), "the text is empty"),
            (.prefix(["a", ""]), "text 2 is empty"),
            (.prefix(["é\u{0}"]), "the text has a control character at character 2"),
            (.exact(["a", "b", "\u{1F600} \u{9F}"]), "text 3 has a control character at character 3"),
        ]
    )
    func badTexts(condition: Policy.TextCondition, reason: String) {
        let error = #expect(throws: TextConditionError.self) { try TextConditions([.exact(["fine"]), condition]) }
        #expect(error == TextConditionError(index: 1, reason: reason))
    }
}
