import Tensors

/// The bytes of a weight file as it is stored, read piece by piece: those of an open file, or of memory.
///
/// A file is not mapped, so that one that is shortened meanwhile gives an error and does not stop the process, and that
/// what was read takes no memory. Safe to read from several threads at once.
final class StoredBytes: Sendable {
    private enum Storage: ~Copyable, Sendable {
        case file(FileDescriptor)
        case memory(SharedMemory)
    }

    let byteCount: Int
    private let storage: Storage

    init(_ file: consuming RegularFile) {
        byteCount = file.byteCount
        storage = .file(file.descriptor)
    }

    init(_ memory: SharedMemory) {
        byteCount = memory.byteCount
        storage = .memory(memory)
    }

    /// All of it as memory: an open file is mapped, and then whoever shortens it in place stops the process; replace it
    /// by renaming a new one over it, as `AtomicFile` does. Throws `unreadable`.
    func mapped() throws(FormatDefect) -> SharedMemory {
        switch storage {
        case .memory(let memory): return memory
        case .file(let descriptor):
            guard let memory = SharedMemory(mapping: descriptor.number, byteCount: byteCount) else {
                throw FormatDefect(.unreadable, "cannot be mapped: \(SystemError.last.message)")
            }
            return memory
        }
    }

    /// Fills `target` from `offset` on; the range lies within the file as it was opened. Throws `unreadable`, or
    /// `truncated` where the file has become shorter.
    func read(from offset: Int, into target: UnsafeMutableRawBufferPointer) throws(FormatDefect) {
        switch storage {
        case .memory(let memory):
            unsafe memory.withUnsafeBytes {
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + target.count]))
            }
        case .file(let descriptor):
            let count: Int
            do throws(SystemError) { count = try unsafe descriptor.read(from: offset, into: target) } catch {
                throw FormatDefect(.unreadable, "cannot be read: \(error.message)")
            }
            guard count == target.count else {
                throw FormatDefect(
                    .truncated,
                    "is cut off at byte \(offset + count) of \(byteCount): the file became shorter while it was read"
                )
            }
        }
    }

    /// A copy of a range that lies within the file as it was opened.
    func bytes(in range: Range<Int>) throws(FormatDefect) -> [UInt8] {
        var defect: FormatDefect?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { target, initialised in
            let part = unsafe UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(target)[..<range.count]
            )
            do throws(FormatDefect) {
                try unsafe read(from: range.lowerBound, into: part)
                initialised = range.count
            } catch {
                defect = error
            }
        }
        if let defect { throw defect }
        return bytes
    }
}
