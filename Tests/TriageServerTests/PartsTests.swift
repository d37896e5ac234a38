import Testing

@testable import TriageServer

@Suite struct PartsTests {
    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
    ])
    func dates(seconds: Int, text: String) { #expect(HTTPDate.text(of: seconds) == text) }

    @Test func traceParents() {
        let id = "0af7651916cd43dd8448eb211c80319c", span = "b7ad6b7169203331"
        #expect(TraceContext(parent: "00-\(id)-\(span)-01", state: nil)?.traceID == Substring(id))
        #expect(TraceContext(parent: "cc-\(id)-\(span)-01-more", state: nil)?.parent == "cc-\(id)-\(span)-01")
        for parent in [
            "", "00-\(id)-\(span)", "00-\(id)-\(span)-01-more", "ff-\(id)-\(span)-01",
            "00-\(id.uppercased())-\(span)-01",
            "00-\(String(repeating: "0", count: 32))-\(span)-01", "00-\(id)-\(String(repeating: "0", count: 16))-01",
        ] {
            #expect(TraceContext(parent: parent, state: nil) == nil)
        }
        #expect(TraceContext(parent: "00-\(id)-\(span)-01", state: "a=\r\nb: c")?.state == nil)
    }

    @Test func base64HasThePaddingItNeeds() {
        #expect(base64([]) == "")
        #expect(base64([1]) == "AACAPw==")
        #expect(base64([1, -2]) == "AACAPwAAAMA=")
        #expect(base64([0, 0, 0]) == "AAAAAAAAAAAAAAAA")
    }

    @Test func pagesEscapeLabels() {
        var page = MetricsPage()
        page.sample("a", ["b": "c\"\\\nd"], 1)
        #expect(page.text == "triage_a{b=\"c\\\"\\\\\\nd\"} 1\n")
    }

    @Test func bucketsAddUp() {
        var distribution = Distribution([1, 2])
        for value in [0.5, 1, 1.5, 3] { distribution.record(value) }
        #expect(distribution.counts == [2, 1, 1])
        var page = MetricsPage()
        page.samples("a", [:], distribution)
        #expect(page.text.contains("triage_a_bucket{le=\"2\"} 3\n"))
        #expect(page.text.contains("triage_a_bucket{le=\"+Inf\"} 4\n"))
        #expect(page.text.contains("triage_a_sum 6\n"))
    }

    @Test func warningsAreFew() {
        let limit = RateLimit(perSecond: 2), start = ContinuousClock.now
        #expect((0..<4).map { _ in limit.admit(now: start) } == [0, 0, nil, nil])
        #expect(limit.admit(now: start + .seconds(2)) == 2)
        #expect(limit.admit(now: start + .seconds(2)) == 0)
    }
}
