/// Work in parts that any thread may run, each exactly once and in any order.
///
/// A structure that holds what the parts need is lent to the threads where it lies, so that a region of a
/// ``ThreadPool`` allocates nothing.
package protocol ParallelWork: Sendable {
    /// Runs a part; parts run at the same time must not write to the same memory.
    func run(part: Int)
}
