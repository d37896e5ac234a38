import StrictJSON
import Testing

@testable import Benchmarks

@Suite struct ComparisonTests {
    @Test func ratiosAreNowOverBeforeWithTheExtremesOfRounds() throws {
        let before = report([try measure("x", .p50, [2, 4, 3]), try measure("only before", .p50, [1])])
        let now = report([try measure("x", .p50, [1.5, 1, 1.2]), try measure("only now", .p95, [1])])
        let comparison = Comparison(before: before, now: now)
        let change = try #require(comparison.changes.first)
        #expect(comparison.changes.count == 1 && comparison.unmatchedCount == 2)
        #expect(change.before == 3 && change.now == 1.2 && abs(change.ratio - 0.4) < 1e-12)
        #expect(change.lowestRatio == 0.25 && change.highestRatio == 0.75)
        #expect(comparison.differences.isEmpty)
    }

    @Test(arguments: [
        (Quantity.p50, [1.0, 2], [3.0, 4], "worse"), (.p50, [3, 4], [1, 2], "better"),
        (.queriesPerSecond, [1, 2], [3, 4], "better"), (.queriesPerSecond, [3, 4], [1, 2], "worse"),
        (.p50, [1, 3], [2, 4], "within the spread"), (.memory, [5], [5, 5], "one round"),
    ])
    func aVerdictNeedsEveryPairOfRounds(quantity: Quantity, before: [Double], now: [Double], verdict: String) throws {
        let comparison = Comparison(
            before: report([try measure("x", quantity, before)]),
            now: report([try measure("x", quantity, now)])
        )
        #expect(comparison.changes.first?.verdict == verdict)
    }

    @Test func saysWhatIsNotTheSame() throws {
        let measures = [try measure("x", .p50, [1])]
        let now = report(measures) { environment in
            environment.processor = "Another Processor"
            environment.instructionSet = "scalar"
            environment.identity = "sha256:1"
            environment.date = "2027-01-01T00:00:00Z"
        }
        let comparison = Comparison(before: report(measures), now: now)
        #expect(comparison.differences.map(\.name) == ["processor", "instruction set", "model"])
        let line = "NOT THE SAME processor: before A Processor, now Another Processor\n"
        #expect(comparison.text.hasPrefix(line) && comparison.markdown.hasPrefix(line))
        #expect(comparison.json["differences"]?.array?.count == 3)
    }

    @Test func warnsWhereOtherWorkRan() throws {
        let measures = [try measure("x", .p50, [1])]
        let busy = report(measures) { $0.coreShare = 0.5 }
        let warning = "BUSY: measures of one thread had only 50.0 % of a core's time"
        #expect(busy.text.contains(warning) && !report(measures).text.contains("BUSY"))
        let comparison = Comparison(before: busy, now: report(measures))
        #expect(comparison.notes == ["Before \(warning)"] && comparison.json["warnings"]?.array?.count == 1)
    }

    @Test func nothingInCommonIsSaid() throws {
        let comparison = Comparison(
            before: report([try measure("x", .p50, [1])]),
            now: report([try measure("y", .p50, [1])])
        )
        #expect(
            comparison.text == "The two reports have no measure in common.\n" && comparison.csv.hasSuffix("verdict\n")
        )
    }

    @Test func isPrintedInEveryFormat() throws {
        let comparison = Comparison(
            before: report([try measure("x", .queriesPerSecond, [100, 110])]),
            now: report([try measure("x", .queriesPerSecond, [210, 200])])
        )
        #expect(comparison.text.contains("stream: x  queries/s     105  205   1.95  1.82 … 2.10  better"))
        #expect(comparison.markdown.contains("| stream: x | queries/s | 105 | 205 | 1.95 | 1.82 … 2.10 | better |"))
        #expect(comparison.csv.contains("stream,x,queries,queries/s,105.0,205.0,1.95238,1.81818,2.1,better\n"))
        let change = try #require(comparison.json["changes"]?.array?.first)
        #expect(change["ratio"] == .number(1.95238) && change["verdict"] == "better")
    }
}
