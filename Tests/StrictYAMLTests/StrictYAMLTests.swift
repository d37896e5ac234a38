import Testing

@testable import StrictYAML

@Suite struct StrictYAMLTests {
    @Test(
        arguments: [
            ("exmaples", "examples"), ("example", "examples"), ("Examples", "examples"), ("lable", "label"),
            ("label", "labels"), ("to", "too"), ("x", nil), ("entirely", nil), ("", nil),
        ]
    )
    func nearestName(name: String, expected: String?) {
        let known = ["examples", "labels", "label", "too", "metadata"].filter { $0 != name }
        #expect(suggestion(for: name, among: known) == expected.map { "; did you mean `\($0)`?" } ?? "")
    }

    /// Of names that are equally near the first in the alphabet, in whatever order they come.
    @Test func tiesAreDecidedTheSameWay() {
        for names in [["tab", "tar", "tan"], ["tan", "tar", "tab"], ["tar", "tan", "tab"]] {
            #expect(suggestion(for: "tax", among: names) == "; did you mean `tab`?")
        }
        #expect(suggestion(for: "taxi", among: ["tan", "taxis"]) == "; did you mean `taxis`?")
    }

    @Test func theFirstDefectsAreKeptInOrder() {
        var defects = FileDefects()
        var asked = 0
        for line in (1...1000).reversed() {
            defects.add(line: line, column: nil, "line \(line)")
        }
        for line in 500...1000 {
            func reason() -> String {
                asked += 1
                return ""
            }
            defects.add(line: line, column: 1, reason())
        }
        #expect(defects.count == 1501 && defects.first.map(\.line) == Array(1...20))
        #expect(asked == 0)
        let lines = defects.description(file: "f", others: "of them").split(separator: "\n")
        #expect(lines.count == 21 && lines[0] == "f:1: line 1" && lines[20] == "f: and 1481 more of them")
    }

    @Test func aReasonStaysOnItsLineAndShort() {
        let defect = FileDefect(line: 1, column: 2, reason: "a\nb\u{1B}[1m\u{202E}c\u{2028}é👩‍💻")
        #expect(defect.description(file: "f") == "f:1:2: a<U+000A>b<U+001B>[1m<U+202E>c<U+2028>é👩‍💻")
        let long = FileDefect(reason: String(repeating: "e\u{301}", count: 1_000_000))
        #expect(long.reason.unicodeScalars.count == 301 && long.reason.hasSuffix("…"))
    }

    @Test(
        arguments: [
            ("a b", nil), ("é", nil), ("", "is empty"), (" a", "begins or ends with white space"),
            ("a\u{A0}", "begins or ends with white space"), ("a\nb", "contains a control character"),
            ("\u{202E}", "contains a control character"), ("éé", "has 4 bytes, the limit is 3"),
        ] as [(String, String?)]
    )
    func names(name: String, expected: String?) {
        #expect(nameDefect(name, maximumBytes: 3) == expected)
    }

    @Test(
        arguments: [
            ("1", 1.0), ("0", 0.0), ("0.5", 0.5), ("1e-1", 0.1), ("-0", 0.0), ("1.5", nil), ("-1", nil), ("nan", nil),
            (".inf", nil), ("0x1", nil), ("'1'", nil), ("~", nil), ("[1]", nil), ("!!float 1", nil), ("1e999", nil),
        ] as [(String, Double?)]
    )
    func numbers(text: String, expected: Double?) throws {
        let node = try #require(try YAMLNode(parsing: Array(text.utf8)))
        var yaml = YAMLReader()
        #expect(yaml.number(node, "x", in: 0...1) == expected)
        #expect(yaml.defects.isEmpty == (expected != nil))
        if expected == nil { #expect(yaml.defects.first[0].reason == "x must be a number from 0 to 1") }
    }

    @Test(
        arguments: [("7", 7), ("+7", 7), ("07", 7), ("7.0", nil), ("11", nil), ("\"7\"", nil), ("seven", nil)]
            as [(String, Int?)]
    )
    func wholeNumbers(text: String, expected: Int?) throws {
        let node = try #require(try YAMLNode(parsing: Array(text.utf8)))
        var yaml = YAMLReader()
        #expect(yaml.integer(node, "x", in: 1...10) == expected)
        #expect(yaml.defects.isEmpty == (expected != nil))
    }
}
