import Testing

@testable import TriageTraining

@Suite("Check of labelled data")
struct DataCheckTests {
    /// Texts `label`0, `label`1 … for each label, so many of each.
    private func texts(_ counts: KeyValuePairs<String, Int>, routes: [String: String] = [:]) -> [LabelledText] {
        var texts: [LabelledText] = []
        for (label, count) in counts {
            for index in 0..<count {
                let row = texts.count + 1
                texts.append(LabelledText(text: "\(label)\(index)", label: label, route: routes[label], row: row))
            }
        }
        return texts
    }

    private func check(_ texts: [LabelledText], outOfScope: String? = nil) -> DataCheck {
        var labels: [LabelDefinition] = []
        for text in texts where text.label != outOfScope && !labels.contains(where: { $0.name == text.label }) {
            let route = texts.first { $0.label == text.label && $0.route != nil }?.route
            labels.append(LabelDefinition(name: text.label, route: route))
        }
        return DataCheck(
            LabelledData(file: "f", digest: "", texts: texts, outOfScopeLabel: outOfScope, labels: labels)
        )
    }

    private func adding(_ pairs: [(String, String)], to texts: [LabelledText]) -> [LabelledText] {
        texts + pairs.enumerated().map { LabelledText(text: $1.0, label: $1.1, row: texts.count + 1 + $0) }
    }

    @Test("Nothing is found in good data, and nothing is changed")
    func good() {
        let texts = texts(["x": 5, "y": 250], routes: ["x": "r", "y": "s"])
        let check = check(texts)
        #expect(check.findings.isEmpty && !check.hasErrors && check.data.texts == texts)
    }

    @Test(
        "Texts are the same but for case, white space and final punctuation",
        arguments: [
            ("Where is  it?", "where\tis it"), (" É a…\n", "e\u{301} a"), ("什么？", "什么"), ("STRASSE!?!", "strasse ."),
            ("?!", " ?! "),
        ]
    )
    func same(left: String, right: String) {
        #expect(normalizedText(left) == normalizedText(right))
    }

    @Test("Other differences count", arguments: [("c#", "c"), ("5%", "5"), ("?", "!"), ("a, b", "a b"), ("¿a", "a")])
    func different(left: String, right: String) {
        #expect(normalizedText(left) != normalizedText(right))
    }

    @Test("Of repeated texts the first is kept")
    func repetitions() {
        let pairs = [("X0?", "x"), ("x0 ", "x"), ("  Y1", "y")]
        let check = check(adding(pairs, to: texts(["x": 5, "y": 5])))
        #expect(check.data.texts == texts(["x": 5, "y": 5]))
        #expect(
            check.findings.map(\.description) == [
                "warning: 2 texts repeated, but for case, spaces and final punctuation: “x0” (lines 1, 11, 12), "
                    + "“y1” (lines 7, 13); the first of each is kept; remove the others"
            ]
        )
    }

    @Test("Of texts under several labels all rows are kept")
    func contradictions() {
        let all = adding([("x0", "y"), ("x0", "x")], to: texts(["x": 5, "y": 5]))
        let check = check(all)
        #expect(check.data.texts == all)
        #expect(
            check.findings.map(\.description) == [
                "warning: 1 text under more than one label: “x0” as “x”, “y” (lines 1, 11, 12); "
                    + "all are kept; decide on one label for each"
            ]
        )
    }

    @Test("At most five places are named, and texts are quoted in bounds")
    func places() {
        let text = String(repeating: "a\u{1B}", count: 100_000)
        let check = check(adding((0..<8).map { _ in (text, "x") }, to: texts(["x": 5, "y": 5])))
        let message = check.findings.first?.message ?? ""
        #expect(message.contains("(lines 11, 12, 13, 14, 15 and 3 more)"))
        #expect(message.utf8.count < 600 && message.contains("a␛a␛") && !message.utf8.contains(0x1B))
    }

    @Test("Empty texts are left out")
    func empty() {
        let check = check(adding([("", "x"), (" \u{3000}", "y")], to: texts(["x": 5, "y": 5])))
        #expect(check.data.texts.count == 10)
        #expect(check.findings.map(\.message) == ["2 texts empty: lines 11, 12"])
        #expect(check.findings.map(\.severity) == [.warning])
    }

    @Test("Labels with few texts, counted without repetitions")
    func fewTexts() {
        let texts = texts(["a": 5, "b": 4, "c": 1, "d": 2])
        let found = check(adding([("C0", "c")], to: texts)).findings.filter { $0.message.contains("fewer") }
        #expect(found.map(\.severity) == [.error, .warning])
        #expect(
            found.map(\.message) == [
                "1 label with fewer than 2 texts: “c” (1)", "2 labels with fewer than 5 texts: “b” (4), “d” (2)",
            ]
        )
    }

    @Test("A label that is defined and has no text is an error")
    func definedOnly() {
        var data = LabelledData(file: "f", digest: "", texts: texts(["a": 5, "b": 5]), outOfScopeLabel: nil)
        data.labels = ["a", "b", "c"].map { LabelDefinition(name: $0) }
        #expect(DataCheck(data).findings.map(\.message) == ["1 label with fewer than 2 texts: “c” (0)"])
    }

    @Test("One label, or none, is an error")
    func oneLabel() {
        #expect(check(texts(["x": 9])).findings.map(\.message) == ["“x” is the only label"])
        #expect(check([]).findings.map(\.message) == ["no text with a label"])
        #expect(check(texts(["x": 9])).hasErrors && check([]).hasErrors)
        #expect(check(texts(["x": 9, "oos": 9]), outOfScope: "oos").findings.first?.message == "“x” is the only label")
    }

    @Test("More than fifty to one is unbalanced")
    func imbalance() {
        let found = check(texts(["x": 251, "y": 5])).findings
        #expect(found.map(\.severity) == [.warning] && found[0].message == "label “x” has 251 texts, “y” has 5")
    }

    @Test("A label with two routes names both rows, also where one repeats the other's text")
    func twoRoutes() {
        var texts = texts(["x": 5, "y": 5], routes: ["x": "r", "y": "s"])
        texts.append(LabelledText(text: "x0", label: "x", route: "other", row: 11))
        let found = check(texts).findings
        #expect(found.first?.severity == .error)
        #expect(found.first?.message == "1 label with two routes: “x” (“r” in line 1, “other” in line 11)")
    }

    @Test("Routes for some labels only are an error; texts out of scope need none")
    func someRoutes() {
        let some = check(texts(["x": 5, "y": 5], routes: ["x": "r"]))
        #expect(some.hasErrors && some.findings.map(\.message) == ["1 label without route, while others have one: “y”"])
        let all = check(texts(["x": 5, "y": 5, "oos": 1], routes: ["x": "r", "y": "s"]), outOfScope: "oos")
        #expect(!all.hasErrors)
        var partly = texts(["x": 5, "y": 5], routes: ["x": "r", "y": "s"])
        partly[3].route = nil
        #expect(check(partly).findings.isEmpty)
    }

    @Test("What is taken as out of scope is told, and does not count as a label")
    func outOfScope() {
        let check = check(texts(["x": 5, "y": 5, "oos": 1]), outOfScope: "oos")
        #expect(check.findings.map(\.severity) == [.note])
        #expect(check.findings.first?.message == "label “oos” is taken as out of scope, with 1 text")
        let missing = self.check(texts(["x": 5, "y": 5]), outOfScope: "none").findings
        #expect(missing.map(\.severity) == [.warning])
        let several = self.check(texts(["x": 5, "oos": 5, "out_of_scope": 5]))
        #expect(several.hasErrors && several.findings[0].message.contains("“oos”, “out_of_scope”"))
    }
}
