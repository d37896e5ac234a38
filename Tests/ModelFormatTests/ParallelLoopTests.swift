import Synchronization
import Testing

@testable import ModelFormat

@Suite struct ParallelLoopTests {
    @Test(arguments: [-1, 1, 2, 16])
    func runsEveryStepOnce(threads: Int) throws {
        let counts = Mutex([Int](repeating: 0, count: 100))
        try ParallelLoop.run(count: 100, threads: threads, worker: { () }) { _, index in
            counts.withLock { $0[index] += 1 }
        }
        #expect(counts.withLock { $0 } == [Int](repeating: 1, count: 100))
    }

    /// Two steps fail, and now the one and now the other lags, so far as the machine has a second core to run ahead.
    @Test(arguments: [13, 14])
    func throwsTheErrorOfTheLowestIndex(slow: Int) {
        for _ in 0..<20 {
            let failing = Atomic<Bool>(false)
            do throws(FormatDefect) {
                try ParallelLoop.run(count: 64, threads: 4, worker: { () }) { _, index throws(FormatDefect) in
                    guard index == 13 || index == 14 else { return }
                    if index == slow {
                        var patience = 100_000
                        while patience > 0 {
                            patience -= failing.load(ordering: .acquiring) ? 10 : 1
                        }
                    } else {
                        failing.store(true, ordering: .releasing)
                    }
                    throw FormatDefect(.invalidFrame, "\(index)")
                }
                Issue.record("no error")
            } catch {
                #expect(error.reason == "13")
            }
        }
    }

    @Test func reportsAMissingWorker() {
        #expect {
            try ParallelLoop.run(count: 3, threads: 2, worker: { nil as Int? }, step: { _, _ in })
        } throws: { error in
            (error as? FormatDefect)?.code == .outOfMemory
        }
    }
}
