/// The header of a Zstandard frame, RFC 8878 section 3.1.1.1, with what a weight file demands of it: a declared content
/// size, a checksum, no dictionary, a window within the limit, reserved bits zero.
struct ZstdFrameHeader {
    static let magic: UInt32 = 0xFD2F_B528
    /// The longest header: magic, descriptor, window, dictionary, content size.
    static let maximumBytes = 4 + 1 + 1 + 4 + 8

    let contentBytes: UInt64
    let windowBytes: UInt64

    /// Reads it from the start of `bytes`, of which `maximumBytes` are enough.
    init(_ bytes: [UInt8], windowLog: Int) throws(FormatDefect) {
        guard bytes.count >= 5, bytes.littleEndian(at: 0, width: 4) == UInt64(Self.magic) else {
            throw FormatDefect(.invalidFrame, "does not start with Zstandard's magic number")
        }
        let descriptor = bytes[4]
        guard descriptor & 0b0001_1000 == 0 else {
            throw FormatDefect(.invalidFrame, "has a reserved bit set in its header")
        }
        guard descriptor & 0b0000_0100 != 0 else { throw FormatDefect(.invalidFrame, "carries no checksum") }
        guard descriptor & 0b0000_0011 == 0 else { throw FormatDefect(.invalidFrame, "needs a dictionary") }
        let isSingleSegment = descriptor & 0b0010_0000 != 0
        let sizeWidth = [isSingleSegment ? 1 : 0, 2, 4, 8][Int(descriptor >> 6)]
        guard sizeWidth > 0 else { throw FormatDefect(.invalidFrame, "does not declare its content size") }
        let sizeOffset = isSingleSegment ? 5 : 6
        guard bytes.count >= sizeOffset + sizeWidth else { throw FormatDefect(.invalidFrame, "ends within its header") }
        // Two-byte sizes count from 256, as smaller ones have the one-byte form.
        contentBytes = bytes.littleEndian(at: sizeOffset, width: sizeWidth) + (sizeWidth == 2 ? 256 : 0)
        windowBytes = isSingleSegment ? contentBytes : Self.windowBytes(bytes[5])
        guard windowBytes <= 1 << UInt64(min(max(windowLog, 0), 62)) else {
            throw FormatDefect(
                .limitExceeded,
                "needs a window of \(windowBytes) bytes, above the limit of 2^\(windowLog)"
            )
        }
    }

    private static func windowBytes(_ descriptor: UInt8) -> UInt64 {
        let base: UInt64 = 1 << (10 + UInt64(descriptor >> 3))
        return base + base / 8 * UInt64(descriptor & 7)
    }
}
