import Parallelism
import Synchronization
import Testing

@Suite struct ThreadPoolTests {
    @Test(arguments: [1, 2, 3, 8], [-1, 0, 1, 2, 7, 1000])
    func runsEveryPartOnce(threads: Int, count: Int) {
        let pool = ThreadPool(threads: threads)
        // Again and again, so that workers are found starting, looping and asleep.
        for _ in 0..<20 {
            let runs = Tally(count)
            pool.run(count: count) { runs.add($0) }
            #expect(runs.counts == [Int](repeating: 1, count: max(0, count)))
        }
    }

    @Test(arguments: [1, 2, 3, 4])
    func keepsToTheLimit(limit: Int) {
        let pool = ThreadPool(threads: 4)
        let running = Atomic<Int>(0)
        let most = Atomic<Int>(0)
        for _ in 0..<50 {
            pool.run(count: 40, threads: limit) { _ in
                let now = running.add(1, ordering: .sequentiallyConsistent).newValue
                most.max(now, ordering: .sequentiallyConsistent)
                spin(1000)
                running.subtract(1, ordering: .sequentiallyConsistent)
            }
        }
        #expect((1...limit).contains(most.load(ordering: .sequentiallyConsistent)))
    }

    /// All parts wait for one another, which ends only where as many threads run them.
    @Test func usesAsManyThreadsAsItHas() {
        let pool = ThreadPool(threads: 4)
        let arrived = Atomic<Int>(0)
        pool.run(count: 4) { _ in
            arrived.add(1, ordering: .sequentiallyConsistent)
            while arrived.load(ordering: .sequentiallyConsistent) < 4 {}
        }
        #expect(arrived.load(ordering: .sequentiallyConsistent) == 4)
    }

    @Test func runsRegionsWithinRegions() {
        let pool = ThreadPool(threads: 3)
        let runs = Tally(10 * 20)
        pool.run(count: 10) { outer in
            pool.run(count: 20) { runs.add(outer * 20 + $0) }
        }
        #expect(runs.counts.allSatisfy { $0 == 1 })
    }

    @Test func servesManyCallersAtOnce() {
        let pool = ThreadPool(threads: 3)
        let callers = ThreadPool(threads: 6)
        let runs = Tally(6 * 500 * 5)
        callers.run(count: 6) { caller in
            for region in 0..<500 {
                pool.run(count: 5, threads: 1 + region % 4) { runs.add((caller * 500 + region) * 5 + $0) }
                // Long enough, now and then, for workers to fall asleep.
                if region % 100 == 0 { spin(200_000) }
            }
        }
        #expect(runs.counts.allSatisfy { $0 == 1 })
    }

    /// What parts write is there for the caller, and what the caller wrote is there for the parts.
    @Test func ordersMemory() {
        let pool = ThreadPool(threads: 2)
        var values = [Int](repeating: 0, count: 64)
        for round in 1...2000 {
            let before = values
            values = pool.map(count: before.count) { before[$0] + round }
        }
        #expect(values == [Int](repeating: 2000 * 2001 / 2, count: 64))
    }

    @Test func endsItsWorkers() throws {
        let pool = ThreadPool(threads: 4)
        weak var held: Held?
        do {
            let here = Held()
            held = here
            pool.run(count: 100) { _ in withExtendedLifetime(here) {} }
        }
        #expect(held == nil)
        // Returns only when the workers have ended, whether they were ever started, loop or sleep.
        for pause in [0, 300_000] {
            for _ in 0..<20 {
                let short = ThreadPool(threads: 3)
                if pause > 0 { short.run(count: 3) { _ in } }
                spin(pause)
            }
        }
    }
}

@Suite struct ParallelMapTests {
    private struct Failure: Error, Equatable { let index: Int }

    @Test(arguments: [1, 3], [0, 1, 100])
    func givesResultsInOrder(threads: Int, count: Int) {
        let texts = ThreadPool(threads: threads).map(count: count) { "number \($0)" }
        #expect(texts == (0..<count).map { "number \($0)" })
    }

    @Test(arguments: [1, 3])
    func throwsTheErrorOfTheLowestIndex(threads: Int) {
        let pool = ThreadPool(threads: threads)
        for _ in 0..<100 {
            #expect(throws: Failure(index: 7)) {
                try pool.map(count: 40) { index throws(Failure) in
                    if index == 7 { spin(1000) }
                    if index >= 7 { throw Failure(index: index) }
                    return "\(index)"
                }
            }
        }
    }
}

private final class Held: Sendable {}

/// How often each part was run. (No `Mutex`, which the thread sanitizer does not know.)
private final class Tally: Sendable {
    private final class Counter: Sendable {
        let value = Atomic<Int>(0)
    }

    private let counters: [Counter]

    init(_ count: Int) { counters = (0..<max(0, count)).map { _ in Counter() } }

    var counts: [Int] { counters.map { $0.value.load(ordering: .relaxed) } }

    func add(_ part: Int) { counters[part].value.add(1, ordering: .relaxed) }
}

/// Keeps a thread busy for a while.
private func spin(_ steps: Int) {
    let step = Atomic<Int>(0)
    while step.add(1, ordering: .relaxed).newValue < steps {}
}
