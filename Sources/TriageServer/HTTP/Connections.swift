import Synchronization

/// How many connections there are.
final class Connections: Sendable {
    private let limit: Int
    private let total = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    var count: Int { total.load(ordering: .relaxed) }

    /// Counts one more. Whether that is within the limit; beyond it the connection is to be closed.
    func open() -> Bool { total.add(1, ordering: .relaxed).newValue <= limit }

    func close() { total.subtract(1, ordering: .relaxed) }
}
