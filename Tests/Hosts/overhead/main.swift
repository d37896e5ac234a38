// What a decision costs above the model that it asks, from Swift and through the C interface: calls on the same text in turn,
// and the medians of their times in microseconds.
//
//     swift run -c release measure-overhead MODEL

import CTriage
import CTriageHeader
import Foundation
import TriageModel
import TriageRouter

let texts = [
    "what is the balance of my account", "I lost my card, please block it", "hello", "write a poem about autumn rain",
]
let rounds = 4_000

guard CommandLine.arguments.count == 2 else {
    print("usage: measure-overhead MODEL")
    exit(64)
}
let directory = CommandLine.arguments[1]
let live = LiveRouter(try Router(model: TriageModel(directory: directory)))
let model = live.current.model
var handle: OpaquePointer?
var options = unsafe triage_options()
unsafe options.struct_size = MemoryLayout<triage_options>.size
let status = unsafe directory.withCString { path in
    unsafe options.model = path
    return unsafe triage_open(&options, &handle, nil)
}
guard status == TRIAGE_OK else {
    print("the C interface cannot open \(directory)")
    exit(2)
}
let bytes = texts.map { $0.utf8.map { CChar(bitPattern: $0) } }
var classification = Classification()
var decision = RouteDecision()
var answer = triage_decision()
answer.struct_size = MemoryLayout<triage_decision>.size

let calls: [(name: String, run: (Int) throws -> Void)] = [
    ("the model alone", { try model.classify(texts[$0], into: &classification) }),
    ("Router.decide(into:)", { live.current.decide(texts[$0], into: &decision) }),
    ("triage_decide", { _ = unsafe triage_decide(handle, bytes[$0], bytes[$0].count, nil, &answer, nil) }),
]
var times = [[Double]](repeating: [], count: calls.count)
for round in 0..<rounds {
    for text in texts.indices {
        // Who comes second finds the text in the caches: they take turns.
        for turn in calls.indices {
            let call = (turn + round) % calls.count
            let start = ContinuousClock.now
            try calls[call].run(text)
            times[call].append(start.duration(to: .now) / .microseconds(1))
        }
    }
}
func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
for (call, name) in calls.map(\.name).enumerated() {
    let overhead = median(zip(times[call], times[0]).map { $0 - $1 })
    print(
        "\(name): p50 \(String(format: "%.2f", median(times[call]))) µs, above the model \(String(format: "%.2f", overhead)) µs"
    )
}
unsafe triage_close(handle)
