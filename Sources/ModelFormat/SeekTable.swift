/// The index at the end of a file in Zstandard's seekable format, version 0.1.0
/// (`contrib/seekable_format/zstd_seekable_compression_format.md` in Zstandard's repository): a skippable frame that
/// lists the sizes of the frames before it. Ordinary decoders ignore it.
struct SeekTable {
    /// One frame of the file.
    struct Frame {
        /// In bytes, from the start of the file.
        let storedOffset: Int
        let storedBytes: Int
        let decodedBytes: Int
        /// Lower half of the content's XXH64, which is also what the frame itself ends with; nil in tables without.
        let checksum: UInt32?

        var storedRange: Range<Int> { storedOffset..<storedOffset + storedBytes }
    }

    private static let skippableMagic: UInt32 = 0x184D_2A5E
    private static let seekableMagic: UInt32 = 0x8F92_EAB1
    private static let headerBytes = 8
    static let footerBytes = 9
    private static let checksumFlag: UInt8 = 0x80

    let frames: [Frame]

    /// Bytes of the whole table, from the last bytes of a file of `fileBytes` bytes.
    static func byteCount(footer: [UInt8], fileBytes: Int, limits: FormatLimits) throws(FormatDefect) -> Int {
        guard footer.count == footerBytes, footer.littleEndian(at: 5, width: 4) == UInt64(seekableMagic) else {
            throw FormatDefect(
                .invalidSeekTable,
                "the file does not end with a seek table: truncated, or not in the seekable format"
            )
        }
        let count = Int(footer.littleEndian(at: 0, width: 4))
        guard count <= limits.frames else {
            throw FormatDefect(
                .limitExceeded,
                "the seek table lists \(count) frames, above the limit of \(limits.frames)"
            )
        }
        guard footer[4] & ~checksumFlag == 0 else {
            throw FormatDefect(.invalidSeekTable, "the seek table has unknown flags: \(footer[4])")
        }
        let bytes = headerBytes + count * entryBytes(flags: footer[4]) + footerBytes
        guard bytes <= fileBytes else {
            throw FormatDefect(.truncated, "the seek table needs \(bytes) bytes, the file has \(fileBytes)")
        }
        return bytes
    }

    private static func entryBytes(flags: UInt8) -> Int { flags & checksumFlag == 0 ? 8 : 12 }

    /// Reads a table whose length `byteCount(footer:fileBytes:limits:)` gave. Guarantees that the frames are
    /// contiguous from 0 to the start of the table and that their sizes add up to at most the limit.
    init(_ bytes: [UInt8], fileBytes: Int, limits: FormatLimits) throws(FormatDefect) {
        guard bytes.littleEndian(at: 0, width: 4) == UInt64(Self.skippableMagic),
            bytes.littleEndian(at: 4, width: 4) == UInt64(bytes.count - Self.headerBytes)
        else { throw FormatDefect(.invalidSeekTable, "the seek table does not start where its length says") }
        let flags = bytes[bytes.count - 5]
        var offset = 0
        var decoded = 0
        var frames: [Frame] = []
        for position in stride(
            from: Self.headerBytes,
            to: bytes.count - Self.footerBytes,
            by: Self.entryBytes(flags: flags)
        ) {
            let frame = Frame(
                storedOffset: offset,
                storedBytes: Int(bytes.littleEndian(at: position, width: 4)),
                decodedBytes: Int(bytes.littleEndian(at: position + 4, width: 4)),
                checksum: flags == 0 ? nil : UInt32(bytes.littleEndian(at: position + 8, width: 4))
            )
            offset += frame.storedBytes
            decoded += frame.decodedBytes
            guard offset <= fileBytes - bytes.count else { break }
            guard decoded <= limits.decodedBytes else {
                throw FormatDefect(
                    .limitExceeded,
                    "the file decodes to more than the limit of \(limits.decodedBytes) bytes"
                )
            }
            frames.append(frame)
        }
        guard offset == fileBytes - bytes.count else {
            throw FormatDefect(
                .invalidSeekTable,
                "the frames of the seek table do not take the \(fileBytes - bytes.count) bytes before the table"
            )
        }
        self.frames = frames
    }

    /// A table, with checksums, for frames in the order of the file.
    static func encoded(_ frames: [CompressedFrame]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(skippableMagic)
        bytes.appendLittleEndian(UInt32(frames.count * entryBytes(flags: checksumFlag) + footerBytes))
        for frame in frames {
            bytes.appendLittleEndian(UInt32(frame.bytes.count))
            bytes.appendLittleEndian(UInt32(frame.decodedBytes))
            bytes.appendLittleEndian(frame.checksum)
        }
        bytes.appendLittleEndian(UInt32(frames.count))
        bytes.append(checksumFlag)
        bytes.appendLittleEndian(seekableMagic)
        return bytes
    }
}
