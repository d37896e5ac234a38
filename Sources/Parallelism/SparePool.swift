public import Synchronization

/// Lends objects to concurrent calls, one to each, and keeps them for the next: after the first calls nothing is made
/// anew. It keeps twice as many as threads compute at once; a burst of more calls frees what it needed beyond that.
@usableFromInline
package final class SparePool<Object: AnyObject>: Sendable {
    // An object is with one call at a time, or here.
    @usableFromInline
    struct Box: @unchecked Sendable {
        @usableFromInline let object: Object

        @inlinable
        init(object: Object) { self.object = object }
    }

    @usableFromInline let idle = Mutex<[Box]>([])
    @usableFromInline let limit: Int
    @usableFromInline let make: @Sendable () -> Object

    package init(limit: Int = 2 * ThreadPool.shared.threads, make: @escaping @Sendable () -> Object) {
        self.limit = limit
        self.make = make
    }

    /// Lends an object to `body`, which must not keep it.
    // Inlinable, as is whatever generic a query calls: compiled without its types it would look them up on every call.
    @inlinable
    package func withObject<Result, Failure: Error>(
        _ body: (Object) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let box = idle.withLock { $0.popLast() } ?? Box(object: make())
        defer {
            idle.withLock { if $0.count < limit { $0.append(box) } }
        }
        return try body(box.object)
    }
}
