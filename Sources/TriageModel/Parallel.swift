import Dispatch
import Synchronization

extension TriageModel {
    /// The results of `body` for 0 up to `count`, each on its own thread; the error of the lowest where several throw.
    static func map<Result: Sendable>(
        _ count: Int,
        _ body: @Sendable (Int) throws(ModelError) -> Result
    ) throws(ModelError) -> [Result] {
        let results = Mutex<[Swift.Result<Result, ModelError>?]>(Array(repeating: nil, count: count))
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let result = Swift.Result { () throws(ModelError) in try body(index) }
            results.withLock { $0[index] = result }
        }
        var values: [Result] = []
        for case let result? in results.withLock({ $0 }) { values.append(try result.get()) }
        return values
    }

    /// The results of three functions that run at the same time.
    static func concurrently<A: Sendable, B: Sendable, C: Sendable>(
        _ a: @escaping @Sendable () throws(ModelError) -> A,
        _ b: @escaping @Sendable () throws(ModelError) -> B,
        _ c: @escaping @Sendable () throws(ModelError) -> C
    ) throws(ModelError) -> (A, B, C) {
        let parts = try map(3) { index throws(ModelError) -> Part<A, B, C> in
            switch index {
            case 0: .a(try a())
            case 1: .b(try b())
            default: .c(try c())
            }
        }
        guard case .a(let first) = parts[0], case .b(let second) = parts[1], case .c(let third) = parts[2] else {
            throw ModelError(path: "", reason: "a part of the model was not loaded")
        }
        return (first, second, third)
    }
}

private enum Part<A: Sendable, B: Sendable, C: Sendable>: Sendable {
    case a(A), b(B), c(C)
}
