import Glibc

/// What one thread needs to decode frames of a file: Zstandard's context, and room for a frame as it is stored.
@safe
final class FrameDecoder {
    private let decompressor: ZstdDecompressor
    private var room = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)

    /// Nil without memory for the context.
    init?() {
        guard let decompressor = ZstdDecompressor() else { return nil }
        self.decompressor = decompressor
    }

    deinit {
        unsafe free(room.baseAddress)
    }

    /// Decodes a frame into `target`, which has just its size. `read` fills memory from an offset in the file.
    func decode(
        _ frame: SeekTable.Frame,
        into target: UnsafeMutableRawBufferPointer,
        read: (Int, UnsafeMutableRawBufferPointer) throws(FormatDefect) -> Void
    ) throws(FormatDefect) {
        let stored = unsafe try room(frame.storedBytes)
        try unsafe read(frame.storedOffset, stored)
        try unsafe decompressor.decode(UnsafeRawBufferPointer(stored), into: target)
        // The file may have changed since the frame was checked.
        let end = unsafe [UInt8](stored.suffix(SeekTable.Frame.checksumBytes))
        try frame.checkChecksum(end)
    }

    /// Memory for this many bytes, what is in it undefined.
    private func room(_ byteCount: Int) throws(FormatDefect) -> UnsafeMutableRawBufferPointer {
        if unsafe byteCount > room.count {
            unsafe free(room.baseAddress)
            unsafe room = UnsafeMutableRawBufferPointer(start: nil, count: 0)
            guard let memory = unsafe malloc(byteCount) else {
                throw FormatDefect(.outOfMemory, "needs \(byteCount) bytes of memory, which there are not")
            }
            unsafe room = UnsafeMutableRawBufferPointer(start: memory, count: byteCount)
        }
        return unsafe UnsafeMutableRawBufferPointer(rebasing: room[..<byteCount])
    }
}
