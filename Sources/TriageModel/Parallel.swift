import Parallelism

extension TriageModel {
    /// The results of two functions that run at the same time.
    static func concurrently<First: Sendable, Second: Sendable>(
        _ first: @escaping @Sendable () throws(ModelError) -> First,
        _ second: @escaping @Sendable () throws(ModelError) -> Second
    ) throws(ModelError) -> (First, Second) {
        let parts = try ThreadPool.shared.map(count: 2) { index throws(ModelError) -> (First?, Second?) in
            index == 0 ? (try first(), nil) : (nil, try second())
        }
        guard let first = parts[0].0, let second = parts[1].1 else {
            throw ModelError(path: "", reason: "a part of the model was not loaded")
        }
        return (first, second)
    }
}
