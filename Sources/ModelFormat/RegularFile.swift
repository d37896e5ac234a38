/// A regular file that is not empty, open for reading.
struct RegularFile: ~Copyable {
    let descriptor: FileDescriptor
    /// As it was opened.
    let byteCount: Int
    private let kind: FileKind

    private init(opening path: String) throws(SystemError) {
        let descriptor = try FileDescriptor.reading(path)
        (kind, byteCount) = try descriptor.status()
        self.descriptor = descriptor
    }

    /// Throws `unreadable` with the system's reason, `notRegularFile` (without waiting on a FIFO or a terminal), or
    /// `truncated` for an empty file.
    static func open(_ path: String) throws(ModelFileError) -> RegularFile {
        let file: RegularFile
        do throws(SystemError) { file = try RegularFile(opening: path) } catch {
            throw ModelFileError(path: path, code: .unreadable, reason: "cannot read: \(error.message)")
        }
        switch file.kind {
        case .directory: throw ModelFileError(path: path, code: .notRegularFile, reason: "is a directory, not a file")
        case .other: throw ModelFileError(path: path, code: .notRegularFile, reason: "is not a regular file")
        case .regularFile where file.byteCount == 0:
            throw ModelFileError(path: path, code: .truncated, reason: "the file is empty")
        case .regularFile: return file
        }
    }
}

/// Reads whole files.
package enum FileBytes {
    /// The content of a regular file, which is not empty and has at most `limit` bytes.
    ///
    /// Throws `unreadable`, `notRegularFile`, `limitExceeded`, or `truncated` for a file that is empty or becomes shorter
    /// while it is read.
    package static func read(_ path: String, limit: Int) throws(ModelFileError) -> [UInt8] {
        let file = try RegularFile.open(path)
        guard file.byteCount <= limit else {
            throw ModelFileError(
                path: path,
                code: .limitExceeded,
                reason: "has \(file.byteCount) bytes, the limit is \(limit)"
            )
        }
        let stored = StoredBytes(file)
        do throws(FormatDefect) { return try stored.bytes(in: 0..<stored.byteCount) } catch { throw error.at(path) }
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
