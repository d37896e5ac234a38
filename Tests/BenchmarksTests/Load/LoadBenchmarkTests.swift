import CommandSupport
import NIOCore
import NIOHTTP1
import StrictJSON
import Testing

@testable import Benchmarks

/// A load on a service in this process. What it measures is compared only with what is certain whatever the machine does.
@Suite(.serialized) struct LoadBenchmarkTests {
    private static let classified = "{\"outcome\":\"classified\"}"

    private func run(
        _ server: LoadServer,
        interruption: Interruption? = nil,
        change: (inout LoadParameters) -> Void = { _ in }
    ) throws -> LoadReport {
        var parameters = LoadParameters(target: try LoadTarget(url: server.url))
        parameters.rate = 500
        parameters.connections = 8
        parameters.seconds = 0.2
        parameters.warmUp = 0
        // As long as a machine under load may need.
        parameters.drain = 30
        change(&parameters)
        return try LoadBenchmark(parameters, interruption: try interruption ?? Interruption())
            .run(progress: { _, _ in }, found: { _ in })
    }

    @Test(arguments: [1, 2]) func countsEveryAnswer(threads: Int) throws {
        let server = try LoadServer { number in
            switch number % 6 {
            case 0: .status(200, Self.classified)
            case 1: .status(200, "{\"id\":1,\"outcome\":\"abstained\"}")
            case 2: .status(429)
            case 3: .status(503)
            case 4: .status(500)
            default: .status(200, "{}")
            }
        }
        let report = try run(server) { $0.threads = threads }
        let tally = report.measurement.tally
        #expect(tally.isAccounted && tally.requests == server.requests.count && tally.requests > 50)
        let counts = (0..<6).map { rest in server.requests.indices.count { $0 % 6 == rest } }
        let endings: [LoadEnding] = [
            .classified, .abstained, .tooManyRequests, .serviceUnavailable, .serverError, .malformed,
        ]
        #expect(endings.map { tally[$0] } == counts)
        #expect(tally.latency.count == counts[0] + counts[1] + counts[5] && tally.lateness.count == tally.requests)
        #expect(!report.isAllGood && tally.reopened == 0 && tally.unsent == 0)
        #expect(report.json["accounted"] == true && report.json["endings"]?["429"] == JSONValue(counts[2]))
        #expect(report.text.contains("429, too many requests") && !report.text.contains("refused"))
    }

    @Test func sendsWhatWasAskedFor() throws {
        let server = try LoadServer { _ in .status(200, Self.classified) }
        let report = try run(server) {
            $0.queries = QuerySet(source: "test", texts: ["a \"b\"\n", "é"])
            $0.headers = [LoadHeader(name: "authorization", value: "Bearer k")]
            $0.deadlineMilliseconds = 250
            $0.connections = 1
        }
        #expect(report.isAllGood && report.warnings.allSatisfy { $0.contains("late") })
        for (index, request) in server.requests.enumerated() {
            #expect(request.head.method == .POST && request.head.uri == "/v1/triage")
            #expect(request.head.headers.first(name: "authorization") == "Bearer k")
            #expect(request.head.headers.first(name: "x-triage-deadline-ms") == "250")
            #expect(request.body == (index % 2 == 0 ? "{\"text\":\"a \\\"b\\\"\\n\"}" : "{\"text\":\"é\"}"))
        }
    }

    @Test func theWarmUpDoesNotCount() throws {
        let server = try LoadServer { _ in .status(200, Self.classified) }
        let tally = try run(server) { $0.warmUp = 0.1 }.measurement.tally
        let schedule = PoissonSchedule(rate: 500, seed: 1, stream: 0)
        #expect(tally.requests == schedule.count(in: 100_000_000..<300_000_000) && tally.isAccounted)
        #expect(server.requests.count == schedule.count(in: 0..<300_000_000))
    }

    @Test func aBrokenAnswerIsAFailureAndTheConnectionOpenedAgain() throws {
        let server = try LoadServer { number in
            switch number % 3 {
            case 0: .lastBytes("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"outcome\":\"classified\"")
            case 1: .bytes("SSH-2.0-x\r\n")
            default: .lastBytes(LoadServer.Answer.response(200, Self.classified, headers: "connection: close\r\n"))
            }
        }
        let tally = try run(server).measurement.tally
        #expect(tally.isAccounted && tally.requests == server.requests.count)
        let counts = (0..<3).map { rest in server.requests.indices.count { $0 % 3 == rest } }
        #expect(tally.count { [.closed, .reset].contains($0) } == counts[0])
        #expect(tally[.invalid] == counts[1] && tally[.classified] == counts[2])
        #expect(tally.reopened > tally.requests / 2)
    }

    @Test func aServiceThatNeverAnswersIsWaitedForNoLonger() throws {
        let server = try LoadServer { _ in .nothing }
        let report = try run(server) { $0.drain = 0.05 }
        let tally = report.measurement.tally
        #expect(tally.isAccounted && tally[.unanswered] == tally.requests && tally.requests > 50)
        #expect(tally.unsent == tally.requests - 8 && !report.isAllGood)
        #expect(report.warnings.contains { $0.contains("leave out \(tally.requests) of \(tally.requests)") })
    }

    @Test func waitingForAConnectionCountsAsLatency() throws {
        let delay = 0.01
        let server = try LoadServer { _ in
            .bytes(LoadServer.Answer.response(200, Self.classified), delay: .milliseconds(10))
        }
        let tally = try run(server) { $0.connections = 1 }.measurement.tally
        #expect(tally.isAccounted && tally[.classified] == tally.requests)
        // One after the other, the last is answered no sooner than this, and was due by the end of the load.
        let leastWait = Double(tally.requests) * delay - 0.2
        #expect(leastWait > 0.3 && tally.latency.percentile(100) >= leastWait * 1000 * 0.999)
        #expect(tally.serviceTime.percentile(50) >= delay * 1000 * 0.999)
        #expect(tally.serviceTime.percentile(50) < tally.latency.percentile(50))
        // The service's slowness is not the generator's.
        #expect(tally.lateness.percentile(50) < tally.latency.percentile(50))
    }

    @Test func aServiceThatGoesAwayIsRefusedConnections() throws {
        let server = try LoadServer { $0 < 3 ? .status(200, Self.classified) : .stop }
        let tally = try run(server) {
            $0.connections = 1
            $0.drain = 1
        }.measurement.tally
        #expect(tally.isAccounted && tally[.classified] == 3)
        // The system may have taken another connection before the service stopped listening.
        #expect(tally.count { [.closed, .reset].contains($0) } >= 1 && tally[.refused] > 0)
    }

    @Test func anInterruptionGivesAReportOfWhatThereIs() throws {
        let interruption = try Interruption()
        let server = try LoadServer { number in
            if number == 20 { interruption.request() }
            return .status(200, Self.classified)
        }
        let report = try run(server, interruption: interruption) { $0.seconds = 3600 }
        let tally = report.measurement.tally
        #expect(
            report.isInterrupted && tally.isAccounted && tally.requests > 20 && tally[.classified] > 0
                && report.measurement.seconds < 3600
        )
        #expect(report.json["interrupted"] == true)
    }

    @Test func nothingListeningIsOneClearError() throws {
        var parameters = LoadParameters(target: try LoadTarget(url: "http://127.0.0.1:1"))
        parameters.connections = 1
        let benchmark = LoadBenchmark(parameters, interruption: try Interruption())
        #expect(throws: BenchmarkError("cannot connect to 127.0.0.1:1: Connection refused")) {
            try benchmark.run(progress: { _, _ in }, found: { _ in })
        }
    }

    @Test func limitsOfTheSystemAreErrors() throws {
        let server = try LoadServer { _ in .nothing }
        #expect(throws: BenchmarkError.self) { try run(server) { $0.connections = 100_000_000 } }
        #expect(throws: BenchmarkError.self) { try run(server) { $0.serverProcess = 1 << 30 } }
    }
}
