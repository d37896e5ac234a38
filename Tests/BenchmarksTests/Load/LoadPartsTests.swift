import NIOCore
import StrictJSON
import Testing

@testable import Benchmarks

@Suite struct PoissonScheduleTests {
    @Test func theSameSeedGivesTheSameTimes() {
        func times(_ seed: UInt64, _ stream: Int) -> [UInt64] {
            var schedule = PoissonSchedule(rate: 1000, seed: seed, stream: stream)
            return (0..<100).map { _ in
                defer { schedule.advance() }
                return schedule.next
            }
        }
        #expect(times(1, 0) == times(1, 0))
        #expect(times(1, 0) != times(2, 0) && times(1, 0) != times(1, 1))
        #expect(times(1, 0) == times(1, 0).sorted())
    }

    @Test func theCountIsThatOfTheRate() {
        let schedule = PoissonSchedule(rate: 5000, seed: 7, stream: 0)
        // Five standard deviations of a Poisson count.
        #expect(abs(Double(schedule.count(in: 0..<20_000_000_000)) - 100_000) < 5 * 100_000.0.squareRoot())
        let parts = [0..<3_000_000_000, 3_000_000_000..<20_000_000_000].map { schedule.count(in: $0) }
        #expect(parts.reduce(0, +) == schedule.count(in: 0..<20_000_000_000))
    }

    @Test func theGapsAreExponential() {
        var schedule = PoissonSchedule(rate: 1000, seed: 3, stream: 0)
        var last: UInt64 = 0
        var gaps: [Double] = []
        for _ in 0..<20_000 {
            gaps.append(Double(schedule.next - last) / 1e6)
            last = schedule.next
            schedule.advance()
        }
        // P(gap > t) = exp(-rate t).
        for (limit, share) in [(0.1, 0.9048), (1, 0.3679), (2, 0.1353), (4, 0.0183)] {
            let observed = Double(gaps.count { $0 > limit }) / Double(gaps.count)
            #expect(abs(observed - share) < 5 * (share * (1 - share) / 20_000).squareRoot())
        }
    }
}

@Suite struct LoadRunTests {
    private let plan = LoadPlan(
        rate: 100,
        seed: 1,
        stream: 0,
        start: 500,
        warmUp: 1_000_000_000,
        end: 3_000_000_000,
        drain: 0
    )

    @Test func whatWasNotTakenIsUnansweredAndUnsent() {
        var run = LoadRun(plan)
        let first = run.finished()
        #expect(first.isAccounted && first.unsent == first.requests && first[.unanswered] == first.requests)
        // Those of the warm-up do not count.
        #expect(first.requests == plan.schedule.count(in: 1_000_000_000..<3_000_000_000))
        while let due = run.nextDue {
            let exchange = LoadConnection.Exchange(due: due, sent: due + 10)
            run.take(exchange, since: due + 4)
            run.answer(.classified, exchange, at: due + 30)
        }
        let last = run.finished()
        #expect(last.isAccounted && last.unsent == 0 && last[.classified] == first.requests)
        #expect(last.latency.percentile(100) == 30e-6 && last.serviceTime.percentile(100) == 20e-6)
        // The connection was free 4 ns after the request was due, and the request went out at 10.
        #expect(last.lateness.percentile(100) == 6e-6)
    }

    @Test func anInterruptionEndsTheSchedule() {
        var run = LoadRun(plan)
        run.cut(at: plan.start + 2_000_000_000)
        #expect(run.finished().requests == plan.schedule.count(in: 1_000_000_000..<2_000_000_000))
        run.cut(at: plan.start + 500_000_000)
        #expect(run.finished().requests == 0 && run.finished().isAccounted)
    }

    @Test func aLostRequestIsNotAccounted() {
        var run = LoadRun(plan)
        while run.nextDue != nil { run.take(.init(due: plan.end, sent: plan.end), since: 0) }
        #expect(!run.finished().isAccounted)
    }
}

@Suite struct LoadTargetTests {
    @Test(arguments: [
        ("http://127.0.0.1:8080", "127.0.0.1", 8080, "/v1/triage"), ("http://gateway/", "gateway", 80, "/v1/triage"),
        ("http://h:1/a?b=c", "h", 1, "/a?b=c"), ("http://[::1]:9/x", "::1", 9, "/x"),
        ("http://[::1]", "::1", 80, "/v1/triage"),
        ("http://h?x", "h", 80, "/?x"),
    ])
    func readsURLs(url: String, host: String, port: Int, path: String) throws {
        let target = try LoadTarget(url: url)
        #expect((target.host, target.port, target.path) == (host, port, path))
    }

    @Test(arguments: [
        "", "127.0.0.1:8080", "https://h", "ftp://h", "http://", "http:///x", "http://h:0", "http://h:65536",
        "http://h:x",
        "http://h:", "http://h:+1", "http://u@h", "http://a:b:c", "http://[::1", "http://[]", "http://[h]",
        "http://h/a b",
        "http://h/\r\nx", "http://h/é", "http://h/#x", "http://:80",
    ])
    func otherURLsAreErrors(url: String) {
        #expect(throws: BenchmarkError.self) { try LoadTarget(url: url) }
    }

    @Test func readsHeaders() throws {
        let header = try LoadHeader(parsing: "Authorization:  Bearer a:b é")
        #expect(header == LoadHeader(name: "authorization", value: "Bearer a:b é"))
    }

    @Test(arguments: [
        "", "name", ": value", "a b: c", "a: b\r\nc: d", "a: b\nc", "a: \u{0}", "Content-Length: 1",
        "connection: close",
        "transfer-encoding: x", "é: x",
    ])
    func otherHeadersAreErrors(text: String) {
        #expect(throws: BenchmarkError.self) { try LoadHeader(parsing: text) }
    }

    @Test func requestsAreWhole() throws {
        let target = try LoadTarget(url: "http://h:1")
        let headers = [try LoadHeader(parsing: "Host: other")]
        let request = requests(to: target, texts: ["say \"é\""], headers: headers, deadline: 20)[0]
        #expect(
            String(buffer: request) == "POST /v1/triage HTTP/1.1\r\ncontent-type: application/json\r\n"
                + "user-agent: triage-bench\r\nhost: other\r\nx-triage-deadline-ms: 20\r\ncontent-length: 21\r\n\r\n"
                + "{\"text\":\"say \\\"é\\\"\"}"
        )
    }
}

@Suite struct RateSearchTests {
    @Test(arguments: [1.0, 90, 100, 777, 5000]) func findsTheHighestRate(limit: Double) throws {
        var tried: [Double] = []
        let rate = RateSearch.highestRate(from: 100) { rate in
            tried.append(rate)
            return rate <= limit
        }
        let found = try #require(rate)
        #expect(found <= limit && found * 1.05 >= limit)
        #expect(tried.contains(found) && tried.count < 16)
    }

    @Test func findsTheBounds() {
        #expect(RateSearch.highestRate(from: 100) { _ in false } == nil)
        #expect(RateSearch.highestRate(from: 100) { _ in true } == RateSearch.highestRate)
    }
}

@Suite struct ServerProcessTests {
    @Test func readsProc() {
        #expect(ServerProcess.kilobytes("VmHWM:", "Name:\tx\nVmHWM:\t  123 kB\nVmRSS:\t 7 kB\n") == 123)
        #expect(ServerProcess.kilobytes("VmRSS:", "Name:\tx\n") == nil)
        #expect(ServerProcess.ticks("12 (a ) b) S 1 2 3 4 5 6 7 8 9 10 40 2 0 0") == 42)
        #expect(ServerProcess.ticks("12 (a") == nil && ServerProcess.ticks("1 (a) S 1") == nil)
        #expect(ServerProcess(identifier: 1 << 30).usage() == nil)
    }
}
