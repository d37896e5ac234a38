import CommandSupport
import Testing

@testable import Benchmarks

@Suite struct MeasureTests {
    @Test func theMedianIsOfTheMiddle() {
        #expect(median([]) == 0 && median([3]) == 3 && median([5, 1, 3]) == 3 && median([4, 1, 3, 2]) == 2.5)
        #expect(median([.greatestFiniteMagnitude, .greatestFiniteMagnitude]) == .greatestFiniteMagnitude)
    }

    @Test func aMeasureHoldsOnlyFiguresAboveZero() throws {
        let key = Measure.Key(.stream, "x", .p50)
        for rounds in [[], [0], [1, -1], [.nan], [1, .infinity]] as [[Double]] {
            #expect(Measure(key, rounds: rounds) == nil)
        }
        let measure = try measure("x", .p50, [3, 1, 2])
        #expect(measure.value == 2 && measure.lowest == 1 && measure.highest == 3)
    }

    @Test func figuresKeepSixDigits() {
        #expect(significant(0.321_535_77) == 0.321536 && significant(123_456_789) == 123_457_000)
        #expect(significant(-1.0000004) == -1 && significant(0) == 0 && significant(1e-300) == 1e-300)
        #expect(significant(.greatestFiniteMagnitude) == .greatestFiniteMagnitude)
    }

    /// HdrHistogram keeps three digits.
    @Test func percentilesAreOfWhatWasRecorded() {
        var latencies = Latencies()
        for milliseconds in 1...100 { latencies.record(.milliseconds(milliseconds)) }
        for (percent, expected) in [(50.0, 50.0), (95, 95), (99, 99)] {
            #expect(abs(latencies.percentile(percent) / expected - 1) < 1e-3)
        }
        var other = Latencies()
        for _ in 0..<300 { other.record(.seconds(1)) }
        latencies.add(other)
        #expect(abs(latencies.percentile(50) / 1000 - 1) < 1e-3)
        latencies.record(.seconds(1 << 40))
        latencies.record(.seconds(-1))
        #expect(latencies.percentile(100) >= 3_600_000)
    }

    @Test func readsLists() throws {
        #expect(
            try list("1x8,32x128") { text throws(BenchmarkError) in try Shape(parsing: text) } == [
                Shape(sequences: 1, tokens: 8), Shape(sequences: 32, tokens: 128),
            ]
        )
        #expect(Parameters.threadSweep(cores: 1) == [1])
        #expect(Parameters.threadSweep(cores: 6) == [1, 2, 4, 6] && Parameters.threadSweep(cores: 8) == [1, 2, 4, 8])
    }

    @Test(arguments: [
        "", "8", "x", "0x8", "8x0", "-1x8", "1x8x2", "1 x8", "8X8", "1e3x8", "٣x8", "99999x99999",
        "9223372036854775807x9223372036854775807", "99999999999999999999x1", "1x8,", "1x8,1x8",
        (1...101).map { "1x\($0)" }.joined(separator: ","),
    ])
    func hostileShapesAreErrors(text: String) {
        #expect(throws: BenchmarkError.self) {
            try list(text) { text throws(BenchmarkError) in try Shape(parsing: text) }
        }
    }

    @Test func writesFiguresForPeople() {
        #expect(figure(0.32154) == "0.322" && figure(0.9996) == "1.00" && figure(9.996) == "10.0")
        #expect(figure(99.96) == "100" && figure(12.34) == "12.3" && figure(3041.2) == "3,041" && figure(0) == "0.000")
        #expect(figure(0.0001) == "0.0001" && figure(1e300) == "1e+300" && figure(.nan) == "nan")
        #expect(figure(-1.5) == "-1.50" && figure(.infinity) == "inf")
    }
}
