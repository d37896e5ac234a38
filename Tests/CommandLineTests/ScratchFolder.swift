import CommandSupport
import Foundation

/// A temporary folder of one test.
final class ScratchFolder: Sendable {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "triage-test-\(UUID().uuidString)")

    init() { try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

    /// Writes a file and gives its path.
    func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        try Data(bytes).write(to: folder.appending(path: name))
        return path(name)
    }

    func file(_ name: String, _ text: String) throws -> String { try file(name, text.utf8) }

    func readable(_ name: String, _ text: String) throws -> Descriptor { try Descriptor(reading: file(name, text)) }

    /// An empty file to write to.
    func handle(_ name: String) throws -> FileHandle {
        try FileHandle(forWritingTo: URL(filePath: file(name, "")))
    }

    func writable(_ name: String) throws -> Descriptor {
        let handle = try handle(name)
        // Open until the process ends: the handle closes its own.
        return withExtendedLifetime(handle) { Descriptor(number: dup(handle.fileDescriptor), file: name) }
    }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
    }

    func lines(_ name: String) throws -> [String] {
        try text(name).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
}

/// Whether `condition` holds within half a minute.
func eventually(_ condition: () throws -> Bool) -> Bool {
    for _ in 0..<3000 {
        if (try? condition()) == true { return true }
        usleep(10_000)
    }
    return false
}
