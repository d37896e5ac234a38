import Tensors
import Testing

@testable import ModelFormat

/// Compressed files that lie.
@Suite struct SeekableTests {
    static let json =
        #"{"a":{"dtype":"I8","shape":[40],"data_offsets":[0,40]},"b":{"dtype":"I8","shape":[24],"data_offsets":[40,64]}}"#
    static let header = Sample.plain(json)
    static let a = Sample.noise(40, seed: 2)
    static let b = Sample.noise(24, seed: 3)

    @Test func readsSeveralFramesATensor() throws {
        let bytes = try Sample.compressed([Self.header, Array(Self.a[..<13]), Array(Self.a[13...]), Self.b])
        let file = try Sample.parse(bytes)
        #expect(file.isCompressed)
        #expect(file.decodedBytes == Self.header.count + 64)
        #expect(file.storedBytes == bytes.count)
        #expect(file.storedBytes(of: "a") > 40 && file.storedBytes(of: "missing") == 0)
        let tensors = try file.load(["b", "a", "b"], threads: 3)
        #expect(tensors["a"]?.bytes == Self.a)
        #expect(tensors["b"]?.bytes == Self.b)
    }

    static let badLayouts: [(frames: [[UInt8]], code: ModelFileError.Code, reason: String)] = [
        ([], .limitExceeded, "the header length is"),
        ([header], .truncated, "the data section has 0"),
        ([header + a + b], .invalidHeader, "its frame holds"),
        ([Array(header.dropLast()), [header.last ?? 0], a, b], .invalidHeader, "its frame holds"),
        ([header, a + b], .invalidSeekTable, #"frame 1 decodes to 64 bytes, tensor "a" has room for 40"#),
        ([header, b, a], .invalidSeekTable, #"frame 2 decodes to 40 bytes, tensor "a" has room for 16"#),
        ([header, a], .truncated, "the tensors take 64 bytes, the data section has 40"),
        ([header, a, b, a], .invalidOffsets, "the tensors take 64 bytes, the data section has 104"),
        ([header, [], a, b], .invalidFrame, "frame 1 is empty"),
        ([[1, 2, 3], a, b], .truncated, "the first frame is too short for a header"),
    ]

    @Test(arguments: badLayouts.indices)
    func refusesFramesThatDoNotFitTheHeader(_ index: Int) throws {
        let layout = Self.badLayouts[index]
        let bytes = try Sample.compressed(layout.frames)
        let error = try #require(Sample.failure(bytes))
        #expect(error.code == layout.code)
        #expect(error.reason.contains(layout.reason), "\(error)")
    }

    @Test func layoutLeavesNoFrameOver() throws {
        let entries = try Sample.parse(Sample.compressed([Self.header, Self.a, Self.b])).entries
        func code(_ sizes: [Int]) -> ModelFileError.Code? {
            let frames = sizes.map { SeekTable.Frame(storedOffset: 0, storedBytes: 0, decodedBytes: $0, checksum: nil) }
            do throws(FormatDefect) {
                _ = try FrameLayout(frames: frames, entries: entries)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code([1, 40, 24]) == nil)
        #expect(code([1, 39, 1, 24]) == nil)
        #expect(code([1, 40, 24, 1]) == .invalidSeekTable)
        #expect(code([1, 40, 23]) == .truncated)
        #expect(code([1, 64]) == .invalidSeekTable)
    }

    /// A file of frames and a table that need not belong together.
    private func file(_ frames: [CompressedFrame], table: [CompressedFrame]) -> [UInt8] {
        frames.flatMap(\.bytes) + SeekTable.encoded(table)
    }

    private func frames() throws -> [CompressedFrame] {
        let compressor = try #require(ZstdCompressor(level: 1))
        return try [Self.header, Self.a, Self.b].map { try compressor.frame(of: $0) }
    }

    @Test func refusesASeekTableThatLies() throws {
        let frames = try frames()
        #expect(Sample.failure(file(frames, table: frames)) == nil)
        for delta in [-1, 1, 1 << 20] {
            var table = frames
            table[1] = CompressedFrame(bytes: frames[1].bytes, decodedBytes: frames[1].decodedBytes + delta)
            let error = Sample.failure(file(frames, table: table))
            #expect(error?.code == .invalidSeekTable)
            #expect(error?.reason.contains("frame 1 declares 40 bytes of content") == true)
        }
        // Boundaries moved between two frames, the sum kept.
        var table = frames
        table[1] = CompressedFrame(bytes: frames[1].bytes + [0], decodedBytes: 40)
        table[2] = CompressedFrame(bytes: Array(frames[2].bytes.dropFirst()), decodedBytes: 24)
        #expect(Sample.failure(file(frames, table: table)) != nil)
        #expect(Sample.failure(file(frames, table: Array(frames.dropLast())))?.code == .invalidSeekTable)
        #expect(Sample.failure(file(frames, table: frames + [frames[1]]))?.code == .invalidSeekTable)
    }

    @Test func refusesSwappedFrames() throws {
        let compressor = try #require(ZstdCompressor(level: 1))
        let frames = try [Self.header, Array(Self.a[..<20]), Array(Self.a[20...]), Self.b]
            .map { try compressor.frame(of: $0) }
        #expect(frames[1].bytes.count == frames[2].bytes.count)
        let swapped = [frames[0], frames[2], frames[1], frames[3]]
        let error = Sample.failure(file(swapped, table: frames))
        #expect(error?.reason == "frame 1 has another checksum than the seek table says")
    }

    /// Two frames behind one entry of the table: their sizes add up, but the second is not independent.
    @Test func refusesTwoFramesInOneEntry() throws {
        let compressor = try #require(ZstdCompressor(level: 1))
        let frames = try frames()
        let halves = try [Array(Self.a[..<20]), Array(Self.a[20...])].map { try compressor.frame(of: $0) }
        let joined = CompressedFrame(bytes: halves.flatMap(\.bytes), decodedBytes: 40)
        let pieces = [frames[0], joined, frames[2]]
        #expect(Sample.failure(file(pieces, table: pieces)) != nil)
        // An empty frame after the real one changes no size but the stored one.
        let padded = try CompressedFrame(bytes: frames[1].bytes + compressor.frame(of: []).bytes, decodedBytes: 40)
        let error = Sample.failure(file([frames[0], padded, frames[2]], table: [frames[0], padded, frames[2]]))
        #expect(error?.code == .invalidFrame)
        #expect(error?.reason.contains("frame 1 ends after") == true)
    }

    /// A frame of one uncompressed block, with a true or false content size, behind a table that believes it.
    @Test(arguments: [39, 40, 41])
    func refusesAFrameThatDecodesToMoreOrLess(_ content: Int) throws {
        let frames = try frames()
        var bytes: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x24, 40]
        bytes.appendLittleEndian(UInt32(content << 3 | 1))
        bytes.removeLast()
        bytes += (Self.a + [0]).prefix(content)
        bytes += frames[1].bytes.suffix(4)
        let pieces = [frames[0], CompressedFrame(bytes: bytes, decodedBytes: 40), frames[2]]
        let error = Sample.failure(file(pieces, table: pieces))
        if content == 40 {
            #expect(error == nil)
        } else {
            #expect(error?.code == .invalidFrame)
            #expect(
                error?.reason.hasPrefix(#"tensor "a": frame 1 does not decode: "#) == true,
                "\(String(describing: error))"
            )
        }
    }

    @Test func namesTensorAndFrameOfAWrongChecksum() throws {
        let frames = try frames()
        var bytes = frames[2].bytes
        bytes[bytes.count - 1] ^= 1
        let pieces = [frames[0], frames[1], CompressedFrame(bytes: bytes, decodedBytes: 24)]
        let error = Sample.failure(file(pieces, table: pieces))
        #expect(
            error?.description == #"file: tensor "b": frame 2 does not decode: Restored data doesn't match checksum"#
        )
    }

    @Test(arguments: [0x81, 0x82, 0x84, 0xC0] as [UInt8])
    func refusesUnknownFlagsOfTheSeekTable(_ flags: UInt8) throws {
        var bytes = try Sample.small(.compressed(level: 1))
        bytes[bytes.count - 5] = flags
        #expect(Sample.failure(bytes)?.code == .invalidSeekTable)
    }

    @Test func refusesGarbageAroundTheFrames() throws {
        let bytes = try Sample.small(.compressed(level: 1))
        #expect(Sample.failure(bytes + [0]) != nil)
        #expect(Sample.failure([0] + bytes) != nil)
        #expect(Sample.failure(bytes + bytes) != nil)
        // An ordinary compressed file has no seek table.
        let compressor = try #require(ZstdCompressor(level: 1))
        let error = Sample.failure(try compressor.frame(of: Sample.small(.plain)).bytes)
        #expect(error?.code == .invalidSeekTable)
    }

    @Test func readsFrameHeaders() throws {
        let header = try ZstdFrameHeader([0x28, 0xB5, 0x2F, 0xFD, 0x24, 40], windowLog: 27)
        #expect(header.contentBytes == 40 && header.windowBytes == 40)
        let large = try ZstdFrameHeader([0x28, 0xB5, 0x2F, 0xFD, 0x84, 0x89, 0, 0, 1, 0], windowLog: 28)
        #expect(large.contentBytes == 65_536 && large.windowBytes == (1 << 27) + (1 << 24))
    }

    static let badFrameHeaders: [(bytes: [UInt8], reason: String)] = [
        ([0x28, 0xB5, 0x2F, 0xFD], "magic number"),
        ([0x50, 0x2A, 0x4D, 0x18, 0x24, 40], "magic number"),
        ([0x28, 0xB5, 0x2F, 0xFD, 0x20, 40], "no checksum"),
        ([0x28, 0xB5, 0x2F, 0xFD, 0x25, 1, 40], "dictionary"),
        ([0x28, 0xB5, 0x2F, 0xFD, 0x2C, 40], "reserved bit"),
        ([0x28, 0xB5, 0x2F, 0xFD, 0x34, 40], "reserved bit"),
        ([0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x50], "does not declare its content size"),
        ([0x28, 0xB5, 0x2F, 0xFD, 0xE4, 1, 2, 3], "ends within its header"),
        ([0x28, 0xB5, 0x2F, 0xFD, 0x84, 0xFF, 0, 0, 0, 0], "needs a window of"),
        ([0x28, 0xB5, 0x2F, 0xFD, 0xE4] + [UInt8](repeating: 255, count: 8), "needs a window of"),
    ]

    @Test(arguments: badFrameHeaders.indices)
    func refusesFrameHeader(_ index: Int) {
        let sample = Self.badFrameHeaders[index]
        do throws(FormatDefect) {
            _ = try ZstdFrameHeader(sample.bytes, windowLog: 26)
            Issue.record("accepted")
        } catch {
            #expect(error.reason.contains(sample.reason))
        }
    }
}
