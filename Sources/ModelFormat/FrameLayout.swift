/// Which frames of a compressed file hold which tensor. The first frame is the header's.
struct FrameLayout: Sendable {
    let frames: [SeekTable.Frame]
    /// For each entry of the header the indices of its frames; empty for a tensor without elements.
    let framesOfEntry: [Range<Int>]

    /// Guarantees that the frames of each tensor decode to exactly its bytes and that no frame is left over.
    init(frames: [SeekTable.Frame], entries: [TensorEntry]) throws(FormatDefect) {
        var next = 1
        var framesOfEntry: [Range<Int>] = []
        for entry in entries {
            let first = next
            var missing = entry.byteCount
            while missing > 0 {
                guard next < frames.count else {
                    throw FormatDefect(
                        .truncated,
                        "tensor \(quoted(entry.name)) lacks \(missing) of its \(entry.byteCount) bytes"
                    )
                }
                guard frames[next].decodedBytes <= missing else {
                    throw FormatDefect(
                        .invalidSeekTable,
                        "frame \(next) decodes to \(frames[next].decodedBytes) bytes, tensor \(quoted(entry.name)) has room for \(missing)"
                    )
                }
                missing -= frames[next].decodedBytes
                next += 1
            }
            framesOfEntry.append(first..<next)
        }
        guard next == frames.count else {
            throw FormatDefect(.invalidSeekTable, "\(frames.count - next) frames at the end belong to no tensor")
        }
        self.frames = frames
        self.framesOfEntry = framesOfEntry
    }
}
