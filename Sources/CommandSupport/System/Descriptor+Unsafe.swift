import Glibc

/// What a read gave.
package enum ReadOutcome: Equatable, Sendable {
    case bytes(Int)
    case end
    /// Nothing is there yet, and the caller did not want to wait.
    case wouldWait
    case interrupted
}

/// An open file of this process: a number, not an owner.
package struct Descriptor: Sendable {
    package static let standardInput = Descriptor(number: STDIN_FILENO, file: "standard input")
    package static let standardOutput = Descriptor(number: STDOUT_FILENO, file: "standard output")
    package static let standardError = Descriptor(number: STDERR_FILENO, file: "standard error")

    package let number: Int32
    /// What messages call it.
    package let file: String

    package init(number: Int32, file: String) {
        self.number = number
        self.file = file
    }

    /// Opens a file to read.
    package init(reading path: String) throws(SystemError) {
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard number >= 0 else { throw SystemError(file: path, code: errno) }
        self.init(number: number, file: path)
    }

    package var isTerminal: Bool { isatty(number) == 1 }

    /// The size in bytes of a regular file; nil for a pipe or a terminal.
    package var size: Int? {
        var status = stat()
        guard unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// The columns of a terminal; nil for anything else.
    package var columns: Int? {
        var size = winsize()
        guard unsafe ioctl(number, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Fills the front of `buffer` with what is there, waiting for it if the caller may, and until interrupted.
    package func read(
        into buffer: inout [UInt8],
        mayWait: Bool,
        interruption: Interruption?
    ) throws(SystemError) -> ReadOutcome {
        while true {
            // poll leaves out a negative descriptor.
            var events = [
                pollfd(fd: number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: interruption?.descriptor.number ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            let ready = unsafe poll(&events, 2, mayWait ? -1 : 0)
            if ready < 0 && errno != EINTR { throw SystemError(file: file, code: errno) }
            if events[1].revents != 0 { return .interrupted }
            if ready == 0 { return .wouldWait }
            guard ready > 0 else { continue }
            let count = unsafe Glibc.read(number, &buffer, buffer.count)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            // Another process may share a non-blocking descriptor and have taken the bytes.
            guard errno == EINTR || errno == EAGAIN else { throw SystemError(file: file, code: errno) }
        }
    }

    package func close() { _ = Glibc.close(number) }

    /// Writes all of `bytes`, waiting where the descriptor is a full pipe.
    package func write(_ bytes: [UInt8]) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(number, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno == EAGAIN {
                var event = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&event, 1, -1)
            } else if errno != EINTR {
                throw SystemError(file: file, code: errno)
            }
        }
    }
}

/// What the system says of a value of `errno`.
package func systemMessage(_ code: Int32) -> String {
    guard let message = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: message)
}

extension SystemError {
    /// Whoever read our output has gone.
    package var isClosedOutput: Bool { code == EPIPE && file == Descriptor.standardOutput.file }
}
