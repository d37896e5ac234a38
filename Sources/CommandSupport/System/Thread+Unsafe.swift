import Glibc

/// A thread of its own for work that blocks or computes for long; neither belongs on Swift's shared pool, whose size
/// is not ours to choose.
final class Thread: Sendable {
    private let identifier: pthread_t

    init(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let start = unsafe Unmanaged.passRetained(Body(body))
        var identifier = pthread_t()
        let code = unsafe pthread_create(&identifier, nil, threadMain, start.toOpaque())
        guard code == 0 else {
            unsafe start.release()
            throw SystemError(file: "thread", code: code)
        }
        self.identifier = identifier
    }

    /// Waits for the end of the body; to be called once.
    func join() { pthread_join(identifier, nil) }
}

private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument = unsafe argument { unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
    return nil
}
