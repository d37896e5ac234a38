import Glibc
import Tensors

/// Why a system call failed, in the system's words.
struct SystemError: Error {
    let number: CInt

    var message: String { unsafe String(cString: strerror(number)) }

    /// The error of the call that just failed.
    static var last: SystemError { SystemError(number: errno) }
}

/// An open file, closed at the end of its life.
struct FileDescriptor: ~Copyable {

    let number: CInt

    private init(number: CInt) throws(SystemError) {
        guard number >= 0 else { throw .last }
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Opens for reading. A FIFO without a writer opens too, instead of waiting for one.
    static func reading(_ path: String) throws(SystemError) -> FileDescriptor {
        let path = try Self.checked(path)
        return try FileDescriptor(number: unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC))
    }

    /// Opens an existing file of any kind for writing.
    static func writing(_ path: String) throws(SystemError) -> FileDescriptor {
        let path = try Self.checked(path)
        return try FileDescriptor(number: unsafe Glibc.open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC))
    }

    /// Creates a file that must not exist yet, with the permissions that the process's mask leaves.
    static func creating(_ path: String) throws(SystemError) -> FileDescriptor {
        let path = try Self.checked(path)
        return try FileDescriptor(number: unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666))
    }

    /// The kind and size in bytes of an open file.
    func status() throws(SystemError) -> (kind: FileKind, byteCount: Int) {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw .last }
        return (Self.kind(status.st_mode), Int(status.st_size))
    }

    /// The kind of file at a path, symbolic links followed; nil where there is none.
    static func kind(at path: String) -> FileKind? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return kind(status.st_mode)
    }

    private static func kind(_ mode: mode_t) -> FileKind {
        switch mode & S_IFMT {
        case S_IFREG: .regularFile
        case S_IFDIR: .directory
        default: .other
        }
    }

    /// Reads from a position until `target` is full or the file ends; gives the number of bytes.
    func read(from offset: Int, into target: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        var count = 0
        while count < target.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[count...])
            let step = unsafe pread(number, rest.baseAddress, rest.count, off_t(offset + count))
            switch step {
            case 1...: count += step
            case 0: return count
            default: guard errno == EINTR else { throw .last }
            }
        }
        return count
    }

    func write(_ bytes: [UInt8]) throws(SystemError) {
        try unsafe bytes.withUnsafeBufferPointer { bytes throws(SystemError) in
            try unsafe write(UnsafeRawBufferPointer(bytes))
        }
    }

    func write(_ tensor: Tensor) throws(SystemError) {
        try unsafe tensor.withUnsafeBytes { bytes throws(SystemError) in try unsafe write(bytes) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var remaining = unsafe bytes[...]
        while unsafe !remaining.isEmpty {
            let written = unsafe Glibc.write(
                number,
                UnsafeRawBufferPointer(rebasing: remaining).baseAddress,
                remaining.count
            )
            switch written {
            case 1...: unsafe remaining = remaining.dropFirst(written)
            // Never seen of a file, but it must not become an endless loop.
            case 0: throw SystemError(number: EIO)
            default: guard errno == EINTR else { throw .last }
            }
        }
    }

    /// Waits until the storage has the bytes, or the names of a directory.
    func synchronize() throws(SystemError) {
        // File systems that cannot synchronise this kind of file say EINVAL; there is nothing to wait for.
        guard fsync(number) == 0 || errno == EINVAL else { throw .last }
    }

    static func rename(_ old: String, to new: String) throws(SystemError) {
        guard unsafe Glibc.rename(old, new) == 0 else { throw .last }
    }

    static func createDirectory(_ path: String) throws(SystemError) {
        let path = try Self.checked(path)
        guard unsafe mkdir(path, 0o777) == 0 else { throw .last }
    }

    /// Whether a directory holds nothing; false where it cannot be read.
    static func isEmptyDirectory(_ path: String) -> Bool {
        guard let stream = unsafe opendir(path) else { return false }
        defer { unsafe closedir(stream) }
        var count = 0
        while count <= 2, unsafe readdir(stream) != nil { count += 1 }
        // "." and ".." are always there.
        return count <= 2
    }

    static func removeDirectory(_ path: String) throws(SystemError) {
        let path = try Self.checked(path)
        guard unsafe rmdir(path) == 0 else { throw .last }
    }

    static func remove(_ path: String) {
        unsafe _ = unlink(path)
    }

    /// A path with a zero byte would silently name another file.
    private static func checked(_ path: String) throws(SystemError) -> String {
        guard !path.utf8.contains(0) else { throw SystemError(number: EINVAL) }
        return path
    }
}
