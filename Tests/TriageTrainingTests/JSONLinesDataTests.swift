import Testing

@testable import TriageTraining

@Suite("Labelled data in JSON Lines")
struct JSONLinesDataTests {
    @Test("Text, label, route and source of every line that is not blank")
    func fields() throws {
        let text = """
            \u{FEFF}{"text": "a", "label": "x", "route": "script", "source": "web", "other": [1]}\r

            {"text": "h\\u0069", "label": "y", "route": null}
              \t
            """
        let data = try read(text, "a.jsonl")
        #expect(
            data.texts == [
                LabelledText(text: "a", label: "x", route: "script", source: "web", row: 1),
                LabelledText(text: "hi", label: "y", row: 3),
            ]
        )
        #expect(data.labels == [LabelDefinition(name: "x", route: "script"), LabelDefinition(name: "y")])
        #expect(data.outOfScopeLabel == nil && data.rowUnit == .line)
    }

    @Test("The digest is that of the file")
    func digest() throws {
        // sha256sum of `{"text":"a","label":"x"}` without line break.
        let digest = try read(#"{"text":"a","label":"x"}"#, "a.ndjson").digest
        #expect(digest == "b0178c825583b853955f5d3a58a5bd44e97a617119a72de3483c63df864991db")
    }

    @Test("The route is the label where no row has one, and only there")
    func routeAsLabel() throws {
        let routes = #"{"text": "a", "route": "x"}"# + "\n" + #"{"text": "b", "route": "y"}"# + "\n"
        #expect(try read(routes, "a.json").texts.map(\.label) == ["x", "y"])
        #expect(
            try defects(of: routes + #"{"text": "c", "label": "z"}"#, "a.json") == ["1: no `label`", "2: no `label`"]
        )
        #expect(try defects(of: routes + #"{"text": "c"}"#, "a.json") == ["3: neither `label` nor `route`"])
        let named = DataOptions(labelField: "intent")
        #expect(try defects(of: routes, "a.json", options: named) == ["1: no `intent`", "2: no `intent`"])
        let intents = try read(#"{"text": "a", "intent": "i", "label": 5}"#, "a.json", options: named)
        #expect(intents.texts.map(\.label) == ["i"])
    }

    @Test(
        "What is wrong with a line",
        arguments: [
            ("{", "1: not JSON: expected a key at byte 1"), ("[1]", "1: expected a JSON object, found an array"),
            (#"{"label": "x"}"#, "1: no `text`"),
            (#"{"text": 5, "label": "x"}"#, "1: `text` is a number, not a string"),
            (#"{"text": "a", "label": ["x"]}"#, "1: `label` is an array, not a string"),
            (#"{"text": "a", "label": ""}"#, "1: `label` is empty"),
            (#"{"text": "a", "label": "x "}"#, "1: `label` begins or ends with white space"),
            (#"{"text": "a", "label": "x\ny"}"#, "1: `label` contains a control character"),
            (#"{"text": "a", "label": "x", "route": ""}"#, "1: `route` is empty"),
            (#"{"text": "a\u0000", "label": "x"}"#, "1: `text` contains a NUL character"),
            (#"{"text": "a", "label": "x", "source": true}"#, "1: `source` is a boolean, not a string"),
            ("{\"text\": \"a\u{0}\"}", "1: contains a NUL byte: not a UTF-8 text"),
        ]
    )
    func badLine(line: String, expected: String) throws {
        #expect(try defects(of: line, "a.jsonl") == [expected])
    }

    @Test("Lines that are not UTF-8 or too long")
    func badBytes() throws {
        let invalid = try defects(of: Array("{\"text\": \"".utf8) + [0xFF] + Array("\"}".utf8), "a.jsonl")
        #expect(invalid.count == 1 && invalid[0].hasPrefix("1: not JSON"))
        let long = [UInt8](repeating: 0x20, count: 1 << 20 + 1)
        #expect(try defects(of: long, "a.jsonl") == ["1: longer than 1048576 bytes"])
    }

    @Test("Twenty bad rows are listed in the order of the file, the rest counted")
    func manyBadRows() throws {
        let lines = (1...30).map { $0 % 2 == 0 ? "{" : #"{"text": "a"}"# } + [#"{"text": "a", "label": "x"}"#]
        let found = try defects(of: lines.joined(separator: "\n"), "a.jsonl")
        #expect(found.count == 21 && found.last == "and 10 more rows that cannot be read")
        #expect(found.dropLast().map { Int($0.prefix { $0 != ":" }) } == Array(1...20))
        #expect(found[0] == "1: no `label`")
    }

    @Test("A reason that quotes the file is bounded and harmless to a terminal")
    func boundedReason() throws {
        let key = "\u{1B}" + String(repeating: "k", count: 100_000)
        let found = try defects(of: "{\"\\u001b\(key.dropFirst())\": 1, \"\\u001b\(key.dropFirst())\": 2}", "a.jsonl")
        #expect(found.count == 1 && found[0].utf8.count < 400 && !found[0].utf8.contains(0x1B))
    }

    @Test("Suffixes, sizes and counts that are refused")
    func limits() throws {
        let text = #"{"text": "a", "label": "x"}"# + "\n" + #"{"text": "b", "label": "x"}"#
        var limits = DataLimits()
        limits.rows = 1
        #expect(try defects(of: text, "a.jsonl", limits: limits) == ["more than 1 rows; use a part of them"])
        limits.fileBytes = text.utf8.count
        limits.rows = 2
        #expect(try defects(of: text, "a.jsonl", limits: limits) == [])
        limits.fileBytes -= 1
        #expect(try defects(of: text, "a.jsonl", limits: limits) == ["larger than 54 bytes; split it"])
        let unknown = try defects(of: text, "a.txt")
        #expect(unknown.count == 1 && unknown[0].contains(".jsonl, .ndjson, .json, .csv, .tsv, .yaml, .yml"))
        #expect(throws: DataFileError.self) { try LabelledData(reading: "no-such-file.jsonl") }
        #expect(throws: DataFileError.self) { try LabelledData(reading: "/") }
    }

    @Test("A label that is spelled as out of scope is, where there is one")
    func outOfScope() throws {
        func label(_ labels: [String], _ option: String? = nil) throws -> String? {
            let lines = labels.map { "{\"text\": \"a\", \"label\": \"\($0)\"}" }
            let options = DataOptions(outOfScopeLabel: option)
            return try read(lines.joined(separator: "\n"), "a.jsonl", options: options).outOfScopeLabel
        }
        #expect(try label(["x", "oos"]) == "oos" && label(["x", "out-of-scope"]) == "out-of-scope")
        #expect(try label(["x", "OOS"]) == nil && label(["oos", "out_of_scope"]) == nil)
        #expect(try label(["x", "oos"], "x") == "x")
    }
}
