import Parallelism

/// Runs `body` with 0 up to `count` at the same time, each on a thread of its own, and waits for all. Where the system
/// gives no more threads, those that run are waited for before the error is thrown.
package func runOnThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws(SystemError) {
    var threads: [Thread] = []
    defer { for thread in threads { thread.join() } }
    do throws(ThreadError) {
        for number in 0..<count { threads.append(try Thread { body(number) }) }
    } catch {
        throw SystemError(file: "thread", code: error.code)
    }
}
