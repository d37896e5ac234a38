import Glibc
import Synchronization

/// A wish to stop: what was begun is finished, nothing new is read.
package struct Interruption: Sendable {
    /// The end of a pipe that is never emptied: readable, for all who wait on it, from the first request on.
    let descriptor: Descriptor
    private let writeEnd: Int32

    package init() throws(SystemError) {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw SystemError(file: "pipe", code: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = Descriptor(number: ends[0], file: "pipe")
        writeEnd = ends[1]
    }

    package func request() { writeByte(to: writeEnd) }

    package var isRequested: Bool { isRequested(within: 0) }

    /// Waits for a request as long as `milliseconds`.
    package func isRequested(within milliseconds: Int32) -> Bool {
        var event = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&event, 1, milliseconds) > 0
    }

    /// From now on the first Ctrl-C, SIGTERM or SIGHUP (a closed terminal) is a request; the second ends the process as usual.
    ///
    /// What the parent had ignored (`nohup`, a background job of a script) stays ignored.
    package func becomeControlC() {
        controlCDescriptor.store(writeEnd, ordering: .sequentiallyConsistent)
        for signal in [SIGINT, SIGTERM, SIGHUP] { Self.catchOnce(signal) }
    }

    private static func catchOnce(_ signal: Int32) {
        var previous = sigaction()
        guard unsafe sigaction(signal, nil, &previous) == 0,
            unsafe unsafeBitCast(previous.__sigaction_handler.sa_handler, to: Int.self)
                != unsafeBitCast(SIG_IGN, to: Int.self)
        else { return }
        var action = sigaction()
        action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
        unsafe action.__sigaction_handler.sa_handler = { _ in
            let code = errno
            writeByte(to: controlCDescriptor.load(ordering: .sequentiallyConsistent))
            errno = code
        }
        _ = unsafe sigaction(signal, &action, nil)
        // A parent that starts processes from a thread which blocks signals passes that on.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, signal)
        unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}

/// The handler runs between any two instructions: it may only read this and write to the pipe.
private let controlCDescriptor = Atomic<Int32>(-1)

private func writeByte(to number: Int32) {
    var byte: UInt8 = 0
    _ = unsafe write(number, &byte, 1)
}

/// Writing to a pipe that nobody reads is then an error to handle, not the end of the process.
package func ignoreBrokenPipes() {
    _ = signal(SIGPIPE, SIG_IGN)
}
