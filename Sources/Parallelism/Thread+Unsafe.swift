import Glibc

/// The system gives no thread; `code` is an `errno` value.
package struct ThreadError: Error {
    package let code: Int32
}

/// A thread of its own for work that blocks or computes for long; neither belongs on Swift's shared pool, whose size
/// is not ours to choose.
///
/// It takes no signals but those that its own faults and a profiler's timer raise: other handlers that the host process
/// has set up run on the host's threads. It may run on all processors of the process, also where the thread that starts
/// it is bound to one.
package final class Thread: Sendable {
    private let identifier: pthread_t

    package init(_ body: @escaping @Sendable () -> Void) throws(ThreadError) {
        let start = unsafe Unmanaged.passRetained(Body(body))
        var identifier = pthread_t()
        var (others, previous) = (sigset_t(), sigset_t())
        unsafe sigfillset(&others)
        for signal in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS, SIGPROF] {
            unsafe sigdelset(&others, signal)
        }
        // A thread begins with the mask of the one that starts it.
        unsafe pthread_sigmask(SIG_SETMASK, &others, &previous)
        let code = unsafe pthread_create(&identifier, nil, threadMain, start.toOpaque())
        unsafe pthread_sigmask(SIG_SETMASK, &previous, nil)
        guard code == 0 else {
            unsafe start.release()
            throw ThreadError(code: code)
        }
        self.identifier = identifier
    }

    /// Waits for the end of the body; to be called once.
    package func join() { pthread_join(identifier, nil) }
}

private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    useProcessorsOfProcess()
    if let argument = unsafe argument { unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
    return nil
}
