import StrictJSON
import Testing

@Suite struct JSONParserTests {
    @Test func readsEveryKindOfValue() throws {
        let value = try JSONParser.parse(#" {"a": [1, -2.5, true, null, "x\n\u00e9\ud83d\ude00"], "b": {}} "#)
        let expected: JSONValue = .object([
            "a": .array([.integer(1), .number(-2.5), .bool(true), .null, .string("x\né😀")]),
            "b": .object([:]),
        ])
        #expect(value == expected)
        #expect(try JSONParser.parse(value.text()) == expected)
        #expect(try JSONParser.parse(value.text(pretty: true)) == expected)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "01", "1.", "-", "1e", "nul", "\"", "\"\\x\"", "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "\"\u{01}\"", "1 2", "{\"a\":1,\"a\":2}", "1e999", "\"\\u12g4\"", "[", "\"\\",
    ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try JSONParser.parse(text) }
    }

    @Test func refusesInvalidUTF8AndDepth() {
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xC3, 0x28, 0x22]) }
        #expect(throws: JSONError.self) { try JSONParser.parse([UInt8](repeating: 0x5B, count: 1_000_000)) }
        let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try JSONParser.parse(deepest) }
    }

    @Test func findsARepeatedKeyAmongMany() {
        let members = (0..<100).map { "\"k\($0)\":0" }.joined(separator: ",")
        #expect(throws: Never.self) { try JSONParser.parse("{\(members)}") }
        #expect(throws: JSONError.self) { try JSONParser.parse("{\(members),\"k99\":1}") }
    }

    @Test func tellsCanonicallyEquivalentKeysApart() throws {
        let few = #""\u00e9":1,"e\u0301":2"#
        #expect(try JSONParser.parse("{\(few)}").object?.members.count == 2)
        let others = (0..<100).map { "\"k\($0)\":0" }.joined(separator: ",")
        #expect(try JSONParser.parse("{\(others),\(few)}").object?.members.count == 102)
        #expect(throws: JSONError.self) { try JSONParser.parse("{\(others),\(few),\"é\":3}") }
    }

    @Test func keepsSixtyFourBitIntegers() throws {
        #expect(try JSONParser.parse("-9223372036854775808").integer == Int.min)
        #expect(try JSONParser.parse("-9223372036854775809") == .number(-0x1p63))
        #expect(try JSONParser.parse("-0") == .integer(0))
        #expect(try JSONParser.parse("9223372036854775807").integer == Int.max)
        #expect(try JSONParser.parse("9223372036854775808").integer == nil)
        #expect(try JSONParser.parse("2.0").integer == 2)
        #expect(try JSONParser.parse("2.5").integer == nil)
    }

    /// Found by fuzzing: the magnitude of the smallest 64-bit integer is none itself.
    @Test func writesNumbersAtTheEdgeOfIntegers() {
        #expect(JSONValue.number(-0x1p63).text() == "-9.223372036854776e+18")
        #expect(JSONValue.number(0x1p53).text() == "9007199254740992.0")
        #expect(JSONValue.number(-3).text() == "-3")
        #expect(JSONValue.number(-0.0).text() == "-0.0")
    }

    @Test func writesFloatsShortAndNonFiniteAsNull() {
        #expect(JSONValue(Float(0.1)).text() == "0.1")
        #expect(JSONValue.number(.infinity).text() == "null")
        #expect(JSONValue.string("a\"\\\u{1}").text() == #""a\"\\\u0001""#)
    }
}
