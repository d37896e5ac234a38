import CommandSupport
import StrictJSON
import Testing

@Suite struct QueryDecoderTests {
    private func decode(
        _ text: String,
        format: InputFormat = .auto,
        file: String = "input"
    ) -> Result<Query, BadInput> {
        var decoder = QueryDecoder(format: format, file: file)
        return decoder.decode(.text(text))
    }

    private func query(_ text: String, id: JSONValue = .integer(1)) -> Result<Query, BadInput> {
        .success(Query(id: id, line: 1, text: text))
    }

    private func reason(_ result: Result<Query, BadInput>) -> String? {
        if case .failure(let bad) = result { bad.reason } else { nil }
    }

    @Test func readsTextAndJSONLines() {
        #expect(decode("where is my parcel") == query("where is my parcel"))
        #expect(decode(#"{"text": "hi", "extra": [1]}"#) == query("hi"))
        #expect(decode(#" {"id": "q-1", "text": "hi"}"#) == query("hi", id: .string("q-1")))
        #expect(decode(#"{"id": -7, "text": "h\u0069"}"#) == query("hi", id: .integer(-7)))
    }

    @Test func theFormatFollowsTheNameElseTheFirstLine() {
        #expect(decode(#"{"text": "hi"}"#, format: .text) == query(#"{"text": "hi"}"#))
        #expect(decode("plain", file: "a.jsonl") != query("plain"))
        #expect(decode("plain", file: "a.txt") == query("plain"))
        var decoder = QueryDecoder(format: .auto, file: "input")
        _ = decoder.decode(.text(""))
        _ = decoder.decode(.text("text first"))
        #expect(decoder.decode(.text("{not json")) == query("{not json"))
    }

    @Test(arguments: [
        ("", "empty text"), (" \t", "empty text"), ("\u{3000}\u{2003}", "empty text"),
        (#"{"text": " "}"#, "empty text"), ("{", "not JSON: expected a key at byte 1"),
        ("a\u{0}b", "contains a NUL byte: not a UTF-8 text"),
        ("{}", "no `text`"), (#"{"text": 5}"#, "`text` is a number, not a string"),
        (#"{"text": "a", "id": 1.5}"#, "`id` is neither a string nor a 64-bit integer"),
        (#"{"text": "a", "id": 99999999999999999999}"#, "`id` is neither a string nor a 64-bit integer"),
        (#"{"text": "a", "text": "b"}"#, #"not JSON: key "text" occurs twice at byte 14"#),
    ])
    func tellsWhatIsWrong(text: String, expected: String) {
        #expect(reason(decode(text)) == expected)
    }

    @Test func namesLinesThatAreNotTextAtAll() {
        var decoder = QueryDecoder(format: .auto, file: "input")
        #expect(reason(decoder.decode(Line(number: 1, bytes: [0x61, 0xFF], isTooLong: false))) == "not valid UTF-8")
        #expect(reason(decoder.decode(Line(number: 2, bytes: [0x61], isTooLong: true))) == "longer than 1048576 bytes")
        #expect(reason(decode("5", file: "a.json")) == "expected a JSON object, found a number")
    }

    @Test func keepsTheIdOfALineWithoutText() {
        #expect(decode(#"{"id": "q"}"#) == .failure(BadInput(id: .string("q"), line: 1, reason: "no `text`")))
    }

    @Test func boundsWhatAReasonQuotes() throws {
        let key = String(repeating: "k", count: 100_000)
        let result = reason(decode(#"{"\#(key)": 1, "\#(key)": 2}"#))
        let reason = try #require(result)
        #expect(reason.hasPrefix("not JSON: key") && reason.utf8.count < 400)
    }
}
