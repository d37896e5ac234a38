import Testing

@testable import TriageModel

@Suite struct TextGroupsTests {
    private func ranges(_ counts: [Int], threads: Int) -> [Range<Int>] {
        TextGroups(tokenCounts: counts, preferredTokenCount: 512, minimumTokenCount: 64, threads: threads).ranges
    }

    @Test(arguments: [1, 2, 16])
    func coverAllTextsInOrder(threads: Int) {
        var counts: [Int] = []
        for index in 0..<200 {
            #expect(ranges(counts, threads: threads).flatMap { Array($0) } == Array(0..<index))
            #expect(ranges(counts, threads: threads).allSatisfy { !$0.isEmpty })
            counts.append(2 + index * 7919 % 600)
        }
    }

    @Test func fillBatchesOnOneThread() {
        #expect(ranges([200, 300, 12, 1, 511, 600, 5], threads: 1) == [0..<3, 3..<5, 5..<6, 6..<7])
    }

    @Test func giveEveryThreadSomeOfThem() {
        #expect(ranges([Int](repeating: 10, count: 80), threads: 2).map(\.count) == [Int](repeating: 10, count: 8))
        // Short texts that fill one small batch stay together.
        #expect(ranges([10, 10, 10], threads: 2) == [0..<3])
        // However many threads there are, a batch is no larger.
        #expect(ranges([Int](repeating: 100, count: 100), threads: 2).allSatisfy { $0.count <= 5 })
    }

    @Test func areNotSplitWhereTheHardwareWantsMore() {
        let counts = [Int](repeating: 10, count: 80)
        func sizes(_ minimum: Int) -> [Int] {
            TextGroups(tokenCounts: counts, preferredTokenCount: 8192, minimumTokenCount: minimum, threads: 16)
                .ranges.map(\.count)
        }
        #expect(sizes(4096) == [80])
        #expect(sizes(400) == [40, 40])
    }
}
