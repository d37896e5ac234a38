import Tensors
import Testing

@testable import ModelFormat

/// Files and parts of files that several suites use.
enum Sample {
    /// Bytes that look random, the same for the same seed.
    static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    /// Every element type, an empty tensor, a scalar, and one of several frames with a short last one.
    static func tensors() throws -> [String: Tensor] {
        [
            "embeddings": try Tensor(.int8, [3000, 384], bytes: noise(1_152_000).map { $0 & 0x8F }),
            "float": try Tensor(.float32, [3, 5], bytes: noise(60)),
            "half": try Tensor(.float16, [7], bytes: noise(14)),
            "brain": try Tensor(.bfloat16, [2, 1, 3, 2], bytes: noise(24)),
            "packed": try Tensor(.uint8, [11], bytes: noise(11)),
            "count": try Tensor(.int32, [4], bytes: noise(16)),
            "positions": try Tensor(.int64, [1, 9], bytes: noise(72)),
            "scalar": try Tensor(.float32, [], bytes: noise(4)),
            "empty": try Tensor(.float32, [0, 8], bytes: []),
        ]
    }

    static let smallTensors = ["a": [UInt8](repeating: 7, count: 40), "b": noise(24)]

    /// Two small tensors and metadata, as `encoding` writes them.
    static func small(_ encoding: WeightFileWriter.Encoding) throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        try WeightFileWriter(encoding: encoding).write(
            smallTensors.mapValues { try Tensor(.int8, [$0.count], bytes: $0) },
            metadata: ["format": "pt"],
            to: directory.file("small")
        )
        return try bytes(of: directory.file("small"))
    }

    /// A plain file with this JSON text as it is and this many bytes of data.
    static func plain(_ json: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(length ?? UInt64(json.utf8.count))
        return bytes + Array(json.utf8) + [UInt8](repeating: 0, count: data)
    }

    /// A compressed file made of these frames, whatever they hold.
    static func compressed(_ frames: [[UInt8]]) throws -> [UInt8] {
        let compressor = try #require(ZstdCompressor(level: 1))
        let compressed = try frames.map { try compressor.frame(of: $0) }
        return compressed.flatMap(\.bytes) + SeekTable.encoded(compressed)
    }

    static func parse(_ bytes: [UInt8], limits: FormatLimits = .init()) throws(ModelFileError) -> WeightFile {
        try WeightFile(SharedMemory(copying: bytes), path: "file", limits: limits)
    }

    /// Parses a file and decodes every tensor in it.
    static func load(_ bytes: [UInt8], threads: Int = 1) throws(ModelFileError) -> [String: Tensor] {
        let file = try parse(bytes)
        return try file.load(file.entries.map(\.name), threads: threads)
    }

    /// The code of the error that reading this file ends with; nil where it succeeds.
    static func failure(_ bytes: [UInt8], limits: FormatLimits = .init()) -> ModelFileError? {
        do throws(ModelFileError) {
            let file = try parse(bytes, limits: limits)
            _ = try file.load(file.entries.map(\.name), threads: 1)
            return nil
        } catch {
            return error
        }
    }
}
