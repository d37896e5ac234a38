/// Replaces files so that a reader, or a crash at any moment, finds either the old content or the whole new one: a
/// temporary file in the same directory is written, synchronised and renamed.
///
/// A symbolic link at the path is replaced, not followed. Safe from several threads and processes: the last one wins.
package enum AtomicFile {
    /// Writes what `body` puts into the sink. When anything fails the temporary file is removed and an existing file
    /// stays as it was. Throws `unwritable` with the system's reason, `notRegularFile`, or what `body` throws.
    package static func write(
        _ path: String,
        body: (borrowing FileSink) throws(ModelFileError) -> Void
    ) throws(ModelFileError) {
        try checkReplaceable(path)
        let directory = directory(of: path)
        let temporary = "\(directory)/.triage-\(UInt64.random(in: 0...UInt64.max)).tmp"
        let sink = try FileSink(creating: temporary, for: path)
        do throws(ModelFileError) {
            try body(sink)
            try sink.finish()
            try FileSink.attempt(path, "replace the file") { () throws(SystemError) in
                try FileDescriptor.rename(temporary, to: path)
            }
        } catch {
            FileDescriptor.remove(temporary)
            throw error
        }
        try FileSink.attempt(path, "synchronise its directory") { () throws(SystemError) in
            try FileDescriptor.reading(directory).synchronize()
        }
    }

    package static func write(_ bytes: [UInt8], to path: String) throws(ModelFileError) {
        try write(path) { sink throws(ModelFileError) in try sink.write(bytes) }
    }

    /// Renaming over a device, FIFO or socket would silently destroy it.
    private static func checkReplaceable(_ path: String) throws(ModelFileError) {
        guard let kind = FileDescriptor.kind(at: path), kind != .regularFile else { return }
        throw ModelFileError(
            path: path,
            code: .notRegularFile,
            reason: kind == .directory ? "cannot write: is a directory" : "cannot write: is not a regular file"
        )
    }

    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
