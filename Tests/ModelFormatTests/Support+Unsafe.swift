import Glibc
import Tensors

@testable import ModelFormat

/// A directory of its own for a test, removed with everything in it at the end.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/model-format-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SystemError.last }
        path = String(decoding: template.dropLast().map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
    }

    deinit {
        for name in names { unsafe _ = remove(path + "/" + name) }
        unsafe _ = rmdir(path)
    }

    /// The names in the directory, sorted.
    var names: [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe _ = closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func file(_ name: String) -> String { path + "/" + name }

    func write(_ bytes: [UInt8], as name: String = "file") throws -> String {
        try AtomicFile.write(bytes, to: file(name))
        return file(name)
    }

    /// Shortens a file in place.
    func truncate(_ name: String, to byteCount: Int) {
        unsafe _ = Glibc.truncate(file(name), off_t(byteCount))
    }

    /// Writes into an existing file, in place.
    func overwrite(_ name: String, with bytes: [UInt8]) throws {
        try FileSink(existing: file(name)).write(bytes)
    }

    func makeDirectory(_ name: String, mode: mode_t = 0o755) -> String {
        unsafe _ = mkdir(file(name), mode)
        return file(name)
    }

    func makeFIFO(_ name: String) -> String {
        unsafe _ = mkfifo(file(name), 0o600)
        return file(name)
    }

    func makeUnreadable(_ name: String) {
        unsafe _ = chmod(file(name), 0)
    }
}

func bytes(of path: String) throws -> [UInt8] {
    try FileBytes.read(path, limit: 1 << 30)
}

extension Tensor {
    init(_ type: ElementType, _ dimensions: [Int], bytes: [UInt8]) throws {
        let shape = try TensorShape(dimensions)
        unsafe self.init(elementType: type, shape: shape) { target in
            for (index, byte) in bytes.prefix(target.count).enumerated() { unsafe target[index] = byte }
        }
    }

    var bytes: [UInt8] { unsafe withUnsafeBytes { unsafe [UInt8]($0) } }

    /// Whether the elements start at a multiple of `alignment` bytes.
    func isAligned(to alignment: Int) -> Bool {
        unsafe withUnsafeBytes { Int(bitPattern: $0.baseAddress) % alignment == 0 }
    }
}
