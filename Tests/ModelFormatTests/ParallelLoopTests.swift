import Parallelism
import Synchronization
import Testing

@testable import ModelFormat

@Suite(.serialized) struct ParallelLoopTests {
    private let pool = ThreadPool(threads: 4)

    @Test(arguments: [-1, 1, 2, 16])
    func runsEveryStepOnce(threads: Int) throws {
        let counts = Mutex([Int](repeating: 0, count: 100))
        try ParallelLoop.run(count: 100, threads: threads, pool: pool, worker: { () }) { _, index in
            counts.withLock { $0[index] += 1 }
        }
        #expect(counts.withLock { $0 } == [Int](repeating: 1, count: 100))
    }

    /// Two steps fail at the same time, and now the one and now the other lags. On a single core the test still passes,
    /// but the two do not meet.
    @Test(arguments: [13, 14])
    func throwsTheErrorOfTheLowestIndex(slow: Int) {
        for _ in 0..<20 {
            let entered = Atomic<Int>(0)
            do throws(FormatDefect) {
                try ParallelLoop.run(count: 64, threads: 2, pool: pool, worker: { () }) {
                    _,
                    index throws(FormatDefect) in
                    guard index == 13 || index == 14 else { return }
                    // Both have begun at 2; the faster one is about to fail at 3.
                    entered.add(1, ordering: .acquiringAndReleasing)
                    wait(for: 2, of: entered)
                    if index == slow {
                        wait(for: 3, of: entered)
                        wait(for: .max, of: entered, patience: 200_000)
                    } else {
                        entered.add(1, ordering: .acquiringAndReleasing)
                    }
                    throw FormatDefect(.invalidFrame, "\(index)")
                }
                Issue.record("no error")
            } catch {
                #expect(error.reason == "13")
            }
        }
    }

    /// Spins until the counter has reached `value`, or patience ends.
    private func wait(for value: Int, of counter: borrowing Atomic<Int>, patience: Int = 2_000_000) {
        var patience = patience
        while patience > 0, counter.load(ordering: .acquiring) < value { patience -= 1 }
    }

    @Test func reportsAMissingWorker() {
        #expect {
            try ParallelLoop.run(count: 3, threads: 2, pool: pool, worker: { nil as Int? }, step: { _, _ in })
        } throws: { error in
            (error as? FormatDefect)?.code == .outOfMemory
        }
    }
}
