import Testing

@testable import TriageTraining

@Suite("Routes files")
struct RoutesFileTests {
    @Test("Labels with routes, handlers and examples, texts out of scope, and fallback routes")
    func everything() throws {
        let yaml = """
            \u{FEFF}# comment
            labels:
              - name: refund_status
                examples: [where is my refund, "when & where"]
                route: script
                target: refunds.lookup
              - name: no
                examples:
                  - 404
                  - |
                    two
                    lines
                  - "null"
              - {name: bare, route: ~}
            out_of_scope:
              - who won the world cup
            fallback:
              ambiguous: human
              out_of_scope: remote
            """
        let data = try read(yaml, "routes.yaml")
        #expect(
            data.texts == [
                LabelledText(text: "where is my refund", label: "refund_status", route: "script", row: 1),
                LabelledText(text: "when & where", label: "refund_status", route: "script", row: 2),
                LabelledText(text: "404", label: "no", row: 3),
                LabelledText(text: "two\nlines\n", label: "no", row: 4),
                LabelledText(text: "null", label: "no", row: 5),
                LabelledText(text: "who won the world cup", label: "out_of_scope", row: 6),
            ]
        )
        #expect(
            data.labels == [
                LabelDefinition(name: "refund_status", route: "script", target: "refunds.lookup"),
                LabelDefinition(name: "no"), LabelDefinition(name: "bare"),
            ]
        )
        #expect(data.fallback == FallbackRoutes(ambiguous: "human", outOfScope: "remote"))
        #expect(data.outOfScopeLabel == "out_of_scope" && data.rowUnit == .example)
        let named = try read(yaml, "routes.yml", options: DataOptions(outOfScopeLabel: "none"))
        #expect(named.outOfScopeLabel == "none" && named.texts.last?.label == "none")
    }

    @Test("A file without texts out of scope has no such label")
    func noOutOfScope() throws {
        let data = try read("labels: [{name: a, examples: [x]}]", "routes.yaml")
        #expect(data.outOfScopeLabel == nil && data.fallback == FallbackRoutes())
    }

    @Test(
        "What is wrong with a file, and where",
        arguments: [
            ("", "empty; expected `labels`"), ("# nothing", "empty; expected `labels`"),
            ("a text", "1:1: a routes file is a text, expected a mapping with labels, out_of_scope, fallback"),
            ("fallback: {}", "1:1: no `labels`"),
            (
                "labels: []\nlabel: []",
                "2:1: unknown key `label` in a routes file; did you mean `labels`?"
            ),
            ("labels: x", "1:9: `labels` is a text, expected a list"),
            ("labels:", "1:8: `labels` is nothing, expected a list"),
            ("labels: [x]", "1:10: a label is a text, expected a mapping with name, route, target, examples"),
            ("labels:\n  - route: x", "2:5: a label without `name`"),
            (
                "labels: [{name: [a]}]",
                "1:17: `name` is a list, expected a text (in quotes where YAML reads it as another)"
            ),
            ("labels: [{name: ' a'}]", "1:17: `name` begins or ends with white space"),
            ("labels: [{name: a, route: ''}]", "1:27: `route` is empty"),
            ("labels:\n- {name: a}\n- {name: a}", "3:10: label `a` is also defined on line 2"),
            (
                "labels: [{name: a, examples: [~]}]",
                "1:31: a text is nothing, expected a text (in quotes where YAML reads it as another)"
            ),
            (
                "labels: [{name: a, examples: [{b: c}]}]",
                "1:31: a text is a mapping, expected a text (in quotes where YAML reads it as another)"
            ),
            ("labels: [{name: a, examples: [\"\\0\"]}]", "1:31: a text contains a NUL character"),
            (
                "labels: [{name: a, examples: [!!int 4]}]",
                "1:31: a text is tagged, expected a text (in quotes where YAML reads it as another)"
            ),
            (
                "labels: [{name: out_of_scope}]\nout_of_scope: []",
                "2:15: label `out_of_scope` on line 1 is also that of the texts out of scope; rename it, or name "
                    + "another label for them"
            ),
            (
                "labels: []\nfallback: {other: x}",
                "2:12: unknown key `other` in `fallback`; expected ambiguous, out_of_scope"
            ),
            (
                "labels: []\n[a]: b",
                "2:1: unknown key that is a list in a routes file; expected labels, out_of_scope, fallback"
            ),
            ("labels: []\nlabels: []", "1: key `labels` occurs twice in the same mapping"),
            (
                "labels: []\n---\nlabels: []",
                "2:1: not YAML: expected a single document in the stream but found another document"
            ),
            (
                "labels:\n\t- a",
                "2:1: not YAML: while scanning for the next token on line 2: found character that cannot start any token"
            ),
            ("labels: \"a", "1:11: not YAML: while scanning a quoted scalar on line 1: found unexpected end of stream"),
            ("labels: []\n\u{1}", "2: not YAML: control characters are not allowed"),
            ("labels: [*a]", "1:10: not YAML: found undefined alias"),
        ]
    )
    func defect(yaml: String, expected: String) throws {
        #expect(try defects(of: yaml, "routes.yaml") == [expected])
    }

    @Test("All places are named at once")
    func manyDefects() throws {
        let yaml = "labels:\n- {name: a, examples: [x, [y], {}]}\n- {nome: b}\nother: 1\n"
        #expect(
            try defects(of: yaml, "routes.yaml").map { $0.prefix { $0 != " " } } == [
                "2:27:", "2:32:", "3:3:", "3:4:", "4:1:",
            ]
        )
    }

    @Test(
        "An anchor is refused wherever it can stand",
        arguments: [
            "labels: &a []", "&a {labels: []}", "labels:\n- &a {name: x}", "labels: [&a , x]", "labels: !!seq &a []",
            "labels: {&a : x}", "? &a x\n: y", "labels:\u{85}&a []", "labels: !x\t&a-_9\n []", "--- &a\nlabels: []",
            "{\"labels\":&a []}", "labels: [x,&a y]",
        ]
    )
    func anchors(yaml: String) throws {
        let found = try defects(of: yaml, "routes.yaml")
        #expect(found.count == 1 && found[0].contains("anchors are not read"))
    }

    @Test("An ampersand in a text is no anchor")
    func ampersands() throws {
        let texts = ["rock &roll", "a & b", "a&b", "c, &amp; d", "- & e", "x &", "&", "AT&T: & co"]
        let list = texts.map { "'\($0)'" }.joined(separator: ", ")
        #expect(try read("labels: [{name: x, examples: [\(list)]}]", "routes.yaml").texts.map(\.text) == texts)
    }

    @Test("Nesting and keys that would cost much are refused")
    func costs() throws {
        for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", "")] {
            let nested = String(repeating: open, count: 100_000) + String(repeating: close, count: 100_000)
            let found = try defects(of: "labels:\n  " + nested, "routes.yaml")
            #expect(found.count == 1 && found[0].contains("not YAML"), "\(open)")
        }
        let keys = try defects(of: String(repeating: "? ", count: 500) + "x", "routes.yaml")
        #expect(keys == ["1:33: keys written with `?` are not read"])
        var limits = DataLimits()
        limits.yamlBytes = 10
        #expect(try defects(of: "labels: []\n", "routes.yaml", limits: limits) == ["larger than 10 bytes; split it"])
        limits = DataLimits()
        limits.rows = 1
        let many = "labels: [{name: a, examples: [x, y]}]"
        #expect(try defects(of: many, "routes.yaml", limits: limits) == ["more than 1 texts; use a part of them"])
    }
}
