/// Makes directories.
package enum Directory {
    /// Creates the directory and those above it that are missing. Throws `unwritable` with the system's reason; a directory
    /// that is there already is no error.
    package static func create(_ path: String) throws(ModelFileError) {
        guard FileDescriptor.kind(at: path) != .directory else { return }
        let parent = AtomicFile.directory(of: path)
        if parent != path { try create(parent) }
        do throws(SystemError) { try FileDescriptor.createDirectory(path) } catch {
            // Another process may have been faster.
            guard FileDescriptor.kind(at: path) != .directory else { return }
            throw ModelFileError(path: path, code: .unwritable, reason: "cannot create the directory: \(error.message)")
        }
    }
}
