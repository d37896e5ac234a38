import CommandSupport

/// All bytes of a file, `-` for standard input, and what messages call it.
///
/// Throws where the file cannot be read or has more than `limit` bytes, a pipe without end among them.
func fileBytes(_ path: String, limit: Int) throws(DataFileError) -> (bytes: [UInt8], name: String) {
    let file: Descriptor
    do { file = path == "-" ? .standardInput : try Descriptor(reading: path) } catch { throw .system(error) }
    defer { if path != "-" { file.close() } }

    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    // A size of 0 is also what files of the kernel state that do hold something.
    if let size = file.size, size <= limit { bytes.reserveCapacity(size) }
    while true {
        let outcome: ReadOutcome
        do { outcome = try file.read(into: &buffer, mayWait: true, interruption: nil) } catch { throw .system(error) }
        guard case .bytes(let count) = outcome else { return (bytes, file.file) }
        guard bytes.count + count <= limit else {
            throw .file(file.file, reason: "larger than \(limit) bytes; split it")
        }
        bytes.append(contentsOf: buffer[..<count])
    }
}

/// Gives bytes in memory to a `LineReader`.
struct MemorySource: ByteSource {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    mutating func read(into buffer: inout [UInt8], mayWait: Bool) -> ReadOutcome {
        guard !rest.isEmpty else { return .end }
        let count = min(buffer.count, rest.count)
        buffer.replaceSubrange(0..<count, with: rest.prefix(count))
        rest.removeFirst(count)
        return .bytes(count)
    }
}
