import Glibc

/// What tells whether a file, or one right in a directory, has changed: size, time of the last change, and which file it is.
struct FileState: Equatable, Sendable {
    private struct Entry: Equatable {
        let path: String
        let device: UInt, inode: UInt
        let size: Int
        let seconds: Int, nanoseconds: Int
    }

    private let entries: [Entry]

    /// Of the paths that exist, and of what directories among them hold.
    init(_ paths: [String]) {
        entries = paths.flatMap { path in
            [Self.entry(path)] + Self.names(in: path).map { Self.entry("\(path)/\($0)") }
        }
        .compactMap(\.self)
    }

    /// Whether none of the paths exists.
    var isEmpty: Bool { entries.isEmpty }

    private static func entry(_ path: String) -> Entry? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        // A directory changes with every temporary file in it.
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        return Entry(
            path: path,
            device: UInt(status.st_dev),
            inode: UInt(status.st_ino),
            size: isDirectory ? 0 : Int(status.st_size),
            seconds: isDirectory ? 0 : status.st_mtim.tv_sec,
            nanoseconds: isDirectory ? 0 : status.st_mtim.tv_nsec
        )
    }

    /// Sorted; none where it is no directory.
    private static func names(in path: String) -> [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
