import CommandSupport
import Testing

@testable import TriageRouter

@Suite struct PopulationStabilityTests {
    /// From tables, and for great degrees of freedom from SciPy 1.17.
    @Test(arguments: [
        (1, 0.05, 3.841458820694), (2, 0.05, 5.991464547108), (3, 0.01, 11.344866730144), (9, 0.001, 27.877164871257),
        (10, 0.05, 18.307038053275), (100, 0.05, 124.342113404004), (1_000, 0.05, 1074.679448803441),
        (20_000, 0.001, 20623.750449079),
    ])
    func quantilesAreThoseOfTables(degrees: Int, probability: Double, quantile: Double) {
        let found = ChiSquare.quantile(exceededWith: probability, degrees: degrees)
        #expect(abs(found / quantile - 1) < 1e-9, "\(found)")
        #expect(abs(ChiSquare.upperTail(found, degrees: degrees) / probability - 1) < 1e-9)
    }

    @Test func tailsHaveTheirLimits() {
        for degrees in [1, 2, 3, 100_000] {
            #expect(ChiSquare.upperTail(0, degrees: degrees) == 1)
            #expect(ChiSquare.upperTail(1e9, degrees: degrees) == 0)
        }
        #expect(ChiSquare.quantile(exceededWith: 0.01, degrees: 0) == 0)
    }

    /// (60.5/101 − ½) ln(60.5/50.5) + (40.5/101 − ½) ln(40.5/50.5), by hand.
    @Test func theIndexIsTheSumOfItsParts() {
        let parts = WatchedDistribution.parts(of: [60, 40], against: [500, 500])
        #expect(abs(parts[0] - 0.01788812) < 1e-8 && abs(parts[1] - 0.02184865) < 1e-8, "\(parts)")
        #expect(WatchedDistribution.parts(of: [50, 50], against: [500, 500]) == [0, 0])
    }

    @Test func anEmptyBinIsFiniteAndOneThatNobodyHasCountsForNothing() {
        let parts = WatchedDistribution.parts(of: [0, 100], against: [500, 500])
        #expect(abs(parts[0] - 2.28471313) < 1e-8 && abs(parts[1] - 0.34068534) < 1e-8, "\(parts)")
        #expect(WatchedDistribution.parts(of: [0, 100, 0], against: [500, 500, 0]) == parts + [0])
    }

    /// Windows and references drawn from one population: the index exceeds its quantile about as often as it should.
    @Test(arguments: [[0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], [0.64, 0.15, 0.12, 0.05, 0.04]])
    func chanceExceedsTheBoundAsOftenAsIsSaid(shares: [Double]) {
        var random = SplitMix64(seed: 7)
        func sample(_ rows: Int) -> [Int] {
            var counts = [Int](repeating: 0, count: shares.count)
            for _ in 0..<rows {
                var rest = Double(random.next() >> 11) * 0x1p-53, bin = 0
                while bin < shares.count - 1, rest >= shares[bin] { (rest, bin) = (rest - shares[bin], bin + 1) }
                counts[bin] += 1
            }
            return counts
        }
        let bound = ChiSquare.quantile(exceededWith: 0.05, degrees: shares.count - 1) * (1 / 400 + 1 / 800)
        var exceeded = 0
        for _ in 0..<1_000 {
            if WatchedDistribution.parts(of: sample(400), against: sample(800)).reduce(0, +) > bound { exceeded += 1 }
        }
        // 50 are expected, with a standard deviation of 7.
        #expect((25...75).contains(exceeded), "\(exceeded)")
    }

    @Test func binsHoldEquallyManyAndTiesAreNotSplit() {
        let even = Histogram(of: (0..<1_000).map { Float($0) / 1_000 })
        #expect(even.counts == [Int](repeating: 100, count: 10) && even.edges.count == 9)
        #expect(Histogram.bin(of: even.edges[0], even.edges) == 1 && Histogram.bin(of: 0, even.edges) == 0)
        #expect(Histogram.bin(of: 1, even.edges) == 9 && even.names.count == 10)
        let tied = Histogram(of: [Float](repeating: 0, count: 500) + [Float](repeating: 1, count: 500))
        #expect(tied.edges == [1] && tied.counts == [500, 500])
        #expect(Histogram(of: [Float](repeating: 1, count: 500)).names == ["all"])
        #expect(Histogram(of: []).counts == [0] && Histogram(of: [0.5]).counts == [1])
    }
}
