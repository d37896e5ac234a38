package import Tensors

/// Maps whole regular files for reading.
package enum MappedFile {
    /// Maps a file. Whoever replaces it must rename a new one over it (as `AtomicFile` does): a mapped file that is
    /// shortened in place stops the process that reads it.
    ///
    /// Throws `unreadable` with the system's reason, `notRegularFile` (without waiting on a FIFO or a terminal), or
    /// `truncated` for an empty file.
    package static func open(_ path: String) throws(ModelFileError) -> SharedMemory {
        let kind: FileKind
        let memory: SharedMemory?
        do throws(SystemError) {
            (kind, memory) = try map(path)
        } catch {
            throw ModelFileError(path: path, code: .unreadable, reason: "cannot read: \(error.message)")
        }
        switch (kind, memory) {
        case (.directory, _):
            throw ModelFileError(path: path, code: .notRegularFile, reason: "is a directory, not a file")
        case (.other, _): throw ModelFileError(path: path, code: .notRegularFile, reason: "is not a regular file")
        case (.regularFile, nil): throw ModelFileError(path: path, code: .truncated, reason: "the file is empty")
        case (.regularFile, let memory?): return memory
        }
    }

    private static func map(_ path: String) throws(SystemError) -> (FileKind, SharedMemory?) {
        let descriptor = try FileDescriptor.reading(path)
        let (kind, byteCount) = try descriptor.status()
        guard kind == .regularFile, byteCount > 0 else { return (kind, nil) }
        guard let memory = SharedMemory(mapping: descriptor.number, byteCount: byteCount) else { throw .last }
        return (kind, memory)
    }
}

/// What a path leads to, symbolic links followed.
package enum FileKind: Sendable {
    case regularFile, directory, other

    /// Nil where there is nothing.
    package static func of(_ path: String) -> FileKind? {
        FileDescriptor.kind(at: path)
    }
}
