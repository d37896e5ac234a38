// Counts the blocks of memory that decisions ask for once the storage they reuse has grown: none. Optimised code only; a
// debug build allocates where the optimiser would not.
//
//     swift run -c release count-allocations MODEL

import CAllocations
import Foundation
import TriageModel
import TriageRouter

let queries = [
    "what is the balance of my account", "I lost my card, please block it", "hello", "write a poem about autumn rain",
    "Is it 5 o'clock? Please call +44 20 7946 0000 (extension 12) -- quickly!",
    "I want to speak to a person about a payment that I did not make, and I want to do so now, not next week.",
]
guard CommandLine.arguments.count == 2 else {
    print("usage: count-allocations MODEL")
    exit(64)
}
let router: Router
do { router = try Router(model: TriageModel(directory: CommandLine.arguments[1])) } catch {
    print(error)
    exit(2)
}
var decision = RouteDecision()
var isAllZero = true
for threads in 1...2 {
    func decideAll() {
        for query in queries { router.decide(query, threads: threads, into: &decision) }
    }
    for _ in 0..<10 { decideAll() }
    let before = triage_allocation_count()
    for _ in 0..<100 { decideAll() }
    let count = triage_allocation_count() - before
    isAllZero = isAllZero && count == 0
    print("\(count) blocks for \(100 * queries.count) decisions on at most \(threads) threads")
}
// What watches them, between one window and the next.
if let reference = try? DriftReference(contentsOf: "\(CommandLine.arguments[1])/\(DriftReference.fileName)") {
    let monitor = DriftMonitor(reference: reference, window: 10_000)
    monitor.record(decision)
    let before = triage_allocation_count()
    for _ in 0..<1_000 { monitor.record(decision) }
    let count = triage_allocation_count() - before
    isAllZero = isAllZero && count == 0
    print("\(count) blocks for \(monitor.report().running.decisions - 1) of them recorded")
}
// Both the first stage and the whole model have decided.
if router.model.usesFirstStage {
    let stages = Set(router.decide(queries).map(\.classification.stage))
    isAllZero = isAllZero && stages.count == 2
    print("decided by \(stages.map(\.rawValue).sorted().joined(separator: " and "))")
}
// The counter counts: a new value needs storage.
let before = triage_allocation_count()
_ = router.decide(queries[0])
guard isAllZero, triage_allocation_count() > before else { exit(1) }
