import Parallelism

extension TriageModel {
    /// The results of three functions that run at the same time.
    static func concurrently<A: Sendable, B: Sendable, C: Sendable>(
        _ a: @escaping @Sendable () throws(ModelError) -> A,
        _ b: @escaping @Sendable () throws(ModelError) -> B,
        _ c: @escaping @Sendable () throws(ModelError) -> C
    ) throws(ModelError) -> (A, B, C) {
        let parts = try ThreadPool.shared.map(count: 3) { index throws(ModelError) -> Part<A, B, C> in
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
