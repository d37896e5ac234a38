import Tensors
import Testing

@testable import ModelFormat

@Suite struct WriterTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func write(
        _ encoding: WeightFileWriter.Encoding,
        threads: Int = 1,
        as name: String = "file"
    ) throws -> String {
        let path = directory.file(name)
        try WeightFileWriter(encoding: encoding, threads: threads).write(
            Sample.tensors(),
            metadata: ["format": "pt", "by": "\"tests\"\n"],
            to: path
        )
        return path
    }

    @Test(arguments: [WeightFileWriter.Encoding.plain, .compressed(level: 3)], [1, 2, 5])
    func readsBackWhatItWrote(_ encoding: WeightFileWriter.Encoding, threads: Int) throws {
        let file = try WeightFile.open(try write(encoding))
        let expected = try Sample.tensors()
        #expect(file.metadata == ["format": "pt", "by": "\"tests\"\n"])
        #expect(file.isCompressed == (encoding != .plain))
        let tensors = try file.load(file.entries.map(\.name), threads: threads)
        #expect(tensors.count == expected.count)
        for (name, tensor) in expected {
            #expect(tensors[name]?.bytes == tensor.bytes)
            #expect(tensors[name]?.shape == tensor.shape)
            #expect(tensors[name]?.elementType == tensor.elementType)
        }
        if encoding != .plain { #expect(tensors.values.allSatisfy { $0.isAligned(to: 64) }) }
        let one = try file.load(["positions"], threads: threads)
        #expect(one.count == 1 && one["positions"]?.bytes == expected["positions"]?.bytes)
    }

    /// A decoder that knows nothing of tensors and seek tables finds the plain file.
    @Test func decompressesToThePlainFile() throws {
        let compressed = try WeightFile.open(try write(.compressed(level: 3), as: "compressed"))
        guard case .compressed(let layout) = compressed.source else {
            Issue.record("not compressed")
            return
        }
        let decoded = try layout.frames.flatMap { try WeightFile.decode($0, of: compressed.stored) }
        #expect(try decoded == bytes(of: write(.plain, as: "plain")))
        #expect(compressed.decodedBytes == decoded.count)
        // 1 MiB holds 2730 rows of 384 bytes.
        #expect(layout.frames.map(\.decodedBytes).contains(2730 * 384))
        #expect(layout.frames.map(\.decodedBytes).contains(270 * 384))
    }

    @Test func equalInputGivesEqualBytes() throws {
        for encoding in [WeightFileWriter.Encoding.plain, .compressed(level: 3)] {
            let first = try bytes(of: write(encoding, threads: 1, as: "first"))
            #expect(try first == bytes(of: write(encoding, threads: 4, as: "second")))
        }
    }

    @Test func alignsTensorsToTheirElements() throws {
        let file = try WeightFile.open(try write(.plain))
        guard case .plain(_, let dataOffset) = file.source else {
            Issue.record("not plain")
            return
        }
        #expect(dataOffset % 64 == 0)
        #expect(file.entries.first?.name == "positions")
        for entry in file.entries { #expect(entry.byteRange.lowerBound % entry.elementType.size == 0) }
        for length in 1...8 {
            let name = String(repeating: "n", count: length)
            let tensor = try Tensor(.int8, [1], bytes: [1])
            let layout = try SafetensorsLayout([name: tensor], metadata: [:], limits: .init())
            #expect(layout.header.count % 64 == 0)
        }
    }

    @Test func cutsTensorsIntoBlocksOfRows() throws {
        func blocks(_ dimensions: [Int]) throws -> [Range<Int>] {
            let shape = try TensorShape(dimensions)
            let memory = SharedMemory(copying: [UInt8](repeating: 0, count: shape.elementCount))
            return WeightFileWriter.blocks(
                of: try #require(Tensor(elementType: .int8, shape: shape, memory: memory))
            )
        }
        #expect(try blocks([0, 3]) == [])
        #expect(try blocks([3, 0]) == [])
        #expect(try blocks([]) == [0..<1])
        #expect(try blocks([1 << 20]) == [0..<1 << 20])
        #expect(try blocks([3, 400_000]) == [0..<800_000, 800_000..<1_200_000])
        #expect(try blocks([1, 1_200_000]) == [0..<1 << 20, 1 << 20..<1_200_000])
    }

    @Test func refusesWhatNoReaderWouldTake() throws {
        let tensor = try Tensor(.int8, [1], bytes: [1])
        for name in ["", "__metadata__", String(repeating: "n", count: 256)] {
            #expect { try WeightFileWriter().write([name: tensor], to: directory.file("bad")) } throws: { error in
                (error as? ModelFileError)?.code == .unrepresentable
            }
        }
        var writer = WeightFileWriter(encoding: .plain)
        writer.limits.headerBytes = 64
        #expect(throws: ModelFileError.self) {
            try writer.write(["a": tensor, "b": tensor], to: directory.file("bad"))
        }
        writer = WeightFileWriter(encoding: .plain)
        writer.limits.tensors = 1
        #expect(throws: ModelFileError.self) {
            try writer.write(["a": tensor, "b": tensor], to: directory.file("bad"))
        }
        #expect(directory.names.isEmpty)
    }

    @Test func identityIsTheDigestOfTheStoredBytes() throws {
        let path = try directory.write(Sample.plain("{}"))
        // printf '\x02\0\0\0\0\0\0\0{}' | sha256sum
        let expected = "411a485216e432ece6b9af94fa32154cf79a2a56d4f81266baa50063f45092bd"
        let file = try WeightFile.open(path)
        #expect(try file.identity() == expected)
        #expect(try file.identity() == expected)
    }
}
