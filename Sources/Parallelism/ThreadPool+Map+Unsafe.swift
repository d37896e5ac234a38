extension ThreadPool {
    /// What `body` gives for every index below `count`, in order, on at most `limit` threads.
    ///
    /// Every index is tried; where several fail, the error of the lowest is thrown, however the threads raced.
    @inlinable
    package func map<Value: Sendable, Failure: Error>(
        count: Int,
        threads limit: Int = .max,
        _ body: @Sendable (Int) throws(Failure) -> Value
    ) throws(Failure) -> [Value] {
        let results = unsafe Results<Value, Failure>(start: .allocate(capacity: max(0, count)))
        run(count: count, threads: limit) { index in
            let result = Result { () throws(Failure) in try body(index) }
            unsafe (results.start + index).initialize(to: result)
        }
        defer { unsafe results.start.deallocate() }
        var values: [Value] = []
        values.reserveCapacity(max(0, count))
        var failure: Failure?
        for index in 0..<max(0, count) {
            do throws(Failure) { values.append(try unsafe (results.start + index).move().get()) } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return values
    }
}

/// `@unchecked Sendable`: every part writes an element of its own, and the rest is read after the last part.
@unsafe
@usableFromInline
struct Results<Value, Failure: Error>: @unchecked Sendable {
    @usableFromInline let start: UnsafeMutablePointer<Result<Value, Failure>>

    @inlinable
    init(start: UnsafeMutablePointer<Result<Value, Failure>>) { unsafe self.start = start }
}
