import Tensors

extension WeightFile {
    /// What opening a file finds out about it.
    struct Contents {
        let header: SafetensorsHeader
        let source: Source
        let decodedBytes: Int

        init(_ stored: StoredBytes, limits: FormatLimits) throws(FormatDefect) {
            guard stored.byteCount >= SafetensorsHeader.lengthBytes else {
                throw FormatDefect(.truncated, "the file has \(stored.byteCount) bytes, too few for a header")
            }
            let start = try stored.bytes(in: 0..<SafetensorsHeader.lengthBytes)
            // As a header length the magic number would mean more than 4 GB.
            if start.littleEndian(at: 0, width: 4) == UInt64(ZstdFrameHeader.magic) {
                try self.init(compressed: stored, limits: limits)
            } else {
                try self.init(plain: stored.mapped(), lengthField: start, limits: limits)
            }
        }

        private init(plain memory: SharedMemory, lengthField: [UInt8], limits: FormatLimits) throws(FormatDefect) {
            let jsonLength = try SafetensorsHeader.jsonLength(lengthField, limits: limits)
            let available = memory.byteCount - SafetensorsHeader.lengthBytes
            guard jsonLength <= available else {
                throw FormatDefect(
                    .truncated,
                    "the header needs \(jsonLength) bytes, the file has \(available) after its length"
                )
            }
            guard memory.byteCount <= limits.decodedBytes else {
                throw FormatDefect(
                    .limitExceeded,
                    "the file has \(memory.byteCount) bytes, above the limit of \(limits.decodedBytes)"
                )
            }
            let dataOffset = SafetensorsHeader.lengthBytes + jsonLength
            header = try SafetensorsHeader(
                json: memory.bytes(in: SafetensorsHeader.lengthBytes..<dataOffset),
                limits: limits
            )
            try Self.check(header, dataBytes: memory.byteCount - dataOffset)
            source = .plain(memory, dataOffset: dataOffset)
            decodedBytes = memory.byteCount
        }

        private init(compressed stored: StoredBytes, limits: FormatLimits) throws(FormatDefect) {
            let frames = try Self.frames(stored, limits: limits)
            decodedBytes = frames.reduce(0) { $0 + $1.decodedBytes }
            header = try Self.header(stored, frames, limits: limits)
            try Self.check(header, dataBytes: decodedBytes - frames[0].decodedBytes)
            source = .compressed(try FrameLayout(frames: frames, entries: header.entries))
        }

        /// The header must describe the data section to its last byte: nothing can hide behind it.
        private static func check(_ header: SafetensorsHeader, dataBytes: Int) throws(FormatDefect) {
            guard header.dataBytes == dataBytes else {
                throw FormatDefect(
                    header.dataBytes > dataBytes ? .truncated : .invalidOffsets,
                    "the tensors take \(header.dataBytes) bytes, the data section has \(dataBytes)"
                )
            }
        }

        /// The frames of the seek table, each checked against its own header.
        private static func frames(
            _ stored: StoredBytes,
            limits: FormatLimits
        ) throws(FormatDefect) -> [SeekTable.Frame] {
            let fileBytes = stored.byteCount
            let footer = try stored.bytes(in: max(0, fileBytes - SeekTable.footerBytes)..<fileBytes)
            let tableBytes = try SeekTable.byteCount(footer: footer, fileBytes: fileBytes, limits: limits)
            let table = try stored.bytes(in: fileBytes - tableBytes..<fileBytes)
            let frames = try SeekTable(table, fileBytes: fileBytes, limits: limits).frames
            for (index, frame) in frames.enumerated() {
                let start = try stored.bytes(in: frame.startRange)
                let end = try stored.bytes(in: frame.endRange)
                do throws(FormatDefect) {
                    try frame.check(start: start, end: end, windowLog: limits.windowLog)
                } catch {
                    throw FormatDefect(error.code, "frame \(index) \(error.reason)")
                }
            }
            return frames
        }

        private static func header(
            _ stored: StoredBytes,
            _ frames: [SeekTable.Frame],
            limits: FormatLimits
        ) throws(FormatDefect) -> SafetensorsHeader {
            let lengthBytes = SafetensorsHeader.lengthBytes
            guard let frame = frames.first, frame.decodedBytes >= lengthBytes else {
                throw FormatDefect(.truncated, "the first frame is too short for a header")
            }
            guard frame.decodedBytes - lengthBytes <= limits.headerBytes else {
                throw FormatDefect(
                    .limitExceeded,
                    "the header frame decodes to \(frame.decodedBytes) bytes, above the limit of \(limits.headerBytes) and 8"
                )
            }
            let bytes = try WeightFile.decode(frame, of: stored)
            let jsonLength = try SafetensorsHeader.jsonLength(bytes, limits: limits)
            guard jsonLength == bytes.count - lengthBytes else {
                throw FormatDefect(
                    .invalidHeader,
                    "the header length is \(jsonLength) bytes, its frame holds \(bytes.count - lengthBytes)"
                )
            }
            return try SafetensorsHeader(json: Array(bytes[lengthBytes...]), limits: limits)
        }
    }
}

extension SeekTable.Frame {
    /// Where its header is, in the file.
    var startRange: Range<Int> { storedOffset..<storedOffset + min(storedBytes, ZstdFrameHeader.maximumBytes) }

    static let checksumBytes = 4

    /// Where its checksum is, in the file.
    var endRange: Range<Int> {
        storedRange.upperBound - min(storedBytes, Self.checksumBytes)..<storedRange.upperBound
    }

    /// Checks the entry of the seek table against the frame itself, its bytes in `startRange` and `endRange`. The reason
    /// continues "frame 3 …".
    func check(start: [UInt8], end: [UInt8], windowLog: Int) throws(FormatDefect) {
        guard decodedBytes > 0 else { throw FormatDefect(.invalidFrame, "is empty") }
        // No encoder makes data much longer: without this a frame of empty blocks could keep a reader busy for nothing.
        guard storedBytes <= decodedBytes + decodedBytes / 8 + 1024 else {
            throw FormatDefect(.invalidFrame, "takes \(storedBytes) bytes for \(decodedBytes) of content")
        }
        let header = try ZstdFrameHeader(start, windowLog: windowLog)
        guard header.contentBytes == UInt64(decodedBytes) else {
            throw FormatDefect(
                .invalidSeekTable,
                "declares \(header.contentBytes) bytes of content, the seek table \(decodedBytes)"
            )
        }
        try checkChecksum(end)
    }

    /// Checks the frame's last bytes. The reason continues "frame 3 …".
    func checkChecksum(_ end: [UInt8]) throws(FormatDefect) {
        guard let checksum else { return }
        guard end.littleEndian(at: 0, width: Self.checksumBytes) == UInt64(checksum) else {
            throw FormatDefect(.invalidSeekTable, "has another checksum than the seek table says")
        }
    }
}
