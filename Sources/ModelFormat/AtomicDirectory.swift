/// A directory that appears under its name only when everything in it is written: files are put into `temporary`, beside
/// it, until `commit`.
package struct AtomicDirectory: Sendable {
    package let path: String
    package let temporary: String

    /// Creates the temporary directory for `path`, which must not exist or be an empty directory.
    /// Throws `unwritable` with the system's reason, or `notRegularFile` for a path to something else.
    package init(_ path: String) throws(ModelFileError) {
        let kind = FileDescriptor.kind(at: path)
        guard kind == nil || kind == .directory else {
            throw ModelFileError(
                path: path,
                code: .notRegularFile,
                reason: "cannot write: exists and is not a directory"
            )
        }
        guard kind == nil || FileDescriptor.isEmptyDirectory(path) else {
            throw ModelFileError(path: path, code: .unwritable, reason: "cannot write: the directory is not empty")
        }
        self.path = path
        let temporary = "\(path).\(UInt32.random(in: 0...UInt32.max)).tmp"
        self.temporary = temporary
        try FileSink.attempt(path, "create the directory") { () throws(SystemError) in
            try FileDescriptor.createDirectory(temporary)
        }
    }

    /// Gives the directory its name, replacing an empty one. Throws `unwritable`.
    package func commit() throws(ModelFileError) {
        try FileSink.attempt(path, "name the finished directory") { () throws(SystemError) in
            try FileDescriptor.rename(temporary, to: path)
            try FileDescriptor.reading(AtomicFile.directory(of: path)).synchronize()
        }
    }

    /// Removes the temporary directory and those of `files` that are in it. A failure leaves it behind, under its
    /// temporary name.
    package func discard(_ files: [String]) {
        for file in files { FileDescriptor.remove("\(temporary)/\(file)") }
        try? FileDescriptor.removeDirectory(temporary)
    }
}
