import Tensors
import Testing

@testable import ModelFormat

/// Plain files written by hand, as an attacker or a careless program would.
@Suite struct SafetensorsTests {
    @Test func readsHeaderEntriesAndMetadata() throws {
        let json = #"""
            {"b":{"shape":[2,3],"dtype":"F16","data_offsets":[4,16]},"__metadata__":{"format":"pt","é":"\n"},
            "a":{"dtype":"I8","shape":[4],"data_offsets":[0,4],"note":1},"none":{"dtype":"F32","shape":[0],"data_offsets":[16,16]}}   
            """#
        let file = try Sample.parse(Sample.plain(json, data: 16))
        #expect(file.entries.map(\.name) == ["a", "b", "none"])
        #expect(file.entry(named: "b")?.shape.dimensions == [2, 3])
        #expect(file.entry(named: "b")?.elementType == .float16)
        #expect(file.metadata == ["format": "pt", "é": "\n"])
        #expect(!file.isCompressed)
        #expect(file.decodedBytes == file.storedBytes)
        #expect(try file.load(["none", "a"], threads: 1)["none"]?.byteCount == 0)
        #expect(throws: ModelFileError(path: "file", code: .noSuchTensor, reason: #"there is no tensor "c""#)) {
            try file.load(["a", "c"], threads: 1)
        }
    }

    @Test func readsAFileWithoutTensors() throws {
        #expect(try Sample.parse(Sample.plain("{}")).entries.isEmpty)
    }

    struct BadFile: Sendable, CustomTestStringConvertible {
        let json: String
        var data = 0
        var length: UInt64?
        let code: ModelFileError.Code
        let reason: String

        var testDescription: String { reason }
    }

    static func tensor(_ dtype: String, _ shape: String, _ offsets: String) -> String {
        #"{"t":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
    }

    static let badFiles: [BadFile] = [
        .init(json: "", code: .invalidHeader, reason: "does not start with '{'"),
        .init(json: " {}", code: .invalidHeader, reason: "does not start with '{'"),
        .init(
            json: "{}",
            length: 1 << 63,
            code: .limitExceeded,
            reason: "the header length is 9223372036854775808 bytes"
        ),
        .init(json: "{}", length: .max, code: .limitExceeded, reason: "above the limit of 1048576"),
        .init(json: "{}", length: 3, code: .truncated, reason: "the header needs 3 bytes, the file has 2"),
        .init(json: "{", code: .invalidHeader, reason: "not valid JSON"),
        .init(json: "{}x", code: .invalidHeader, reason: "not valid JSON"),
        .init(json: "{}", data: 1, code: .invalidOffsets, reason: "the tensors take 0 bytes, the data section has 1"),
        .init(json: #"{"t":1}"#, code: .invalidHeader, reason: #"has no "dtype""#),
        .init(json: #"{"__metadata__":[]}"#, code: .invalidHeader, reason: "__metadata__ is an array"),
        .init(json: #"{"__metadata__":{"a":1}}"#, code: .invalidHeader, reason: #"holds a number for "a""#),
        .init(
            json: #"{"":{"dtype":"I8","shape":[0],"data_offsets":[0,0]}}"#,
            code: .limitExceeded,
            reason: "a name of 0"
        ),
        .init(json: tensor("F8_E4M3", "[1]", "[0,1]"), data: 1, code: .unknownElementType, reason: #""F8_E4M3""#),
        .init(json: tensor("f32", "[1]", "[0,4]"), data: 4, code: .unknownElementType, reason: #""f32""#),
        .init(json: tensor("I8", "[1,1,1,1,1]", "[0,1]"), data: 1, code: .limitExceeded, reason: "rank 5"),
        .init(json: tensor("I8", "{}", "[0,1]"), data: 1, code: .invalidHeader, reason: #"no "shape""#),
        .init(json: tensor("I8", "[-1]", "[0,1]"), data: 1, code: .invalidHeader, reason: #""-1" in "shape""#),
        .init(json: tensor("I8", "[1.0]", "[0,1]"), data: 1, code: .invalidHeader, reason: #""1" in "shape""#),
        .init(json: tensor("I8", "[1]", "[0]"), data: 1, code: .invalidHeader, reason: "a pair"),
        .init(json: tensor("I8", "[1]", "[0,1,2]"), data: 1, code: .invalidHeader, reason: "a pair"),
        .init(json: tensor("I8", "[1]", "[1,0]"), data: 1, code: .invalidOffsets, reason: "ends at byte 0"),
        .init(
            json: tensor("I8", "[2]", "[0,1]"),
            data: 1,
            code: .invalidShape,
            reason: "needs 2 bytes, its offsets give 1"
        ),
        .init(json: tensor("I8", "[1]", "[0,1]"), code: .truncated, reason: "take 1 bytes, the data section has 0"),
        .init(json: tensor("I8", "[1]", "[0,1]"), data: 2, code: .invalidOffsets, reason: "the data section has 2"),
        .init(json: tensor("I8", "[1]", "[1,2]"), data: 2, code: .invalidOffsets, reason: "leaves a hole"),
        .init(
            json: tensor("I64", "[4611686018427387904]", "[0,0]"),
            code: .invalidShape,
            reason: "the byte size of shape [4611686018427387904] overflows"
        ),
        .init(
            json: tensor("I8", "[4294967296,4294967296,4294967296]", "[0,0]"),
            code: .invalidShape,
            reason: "the product of the shape [4294967296, 4294967296, 4294967296] overflows"
        ),
        .init(
            json: tensor("F32", "[2305843009213693951]", "[0,9223372036854775804]"),
            code: .truncated,
            reason: "the tensors take 9223372036854775804 bytes"
        ),
        .init(json: tensor("I8", "[18446744073709551616]", "[0,0]"), code: .invalidHeader, reason: "unsigned integer"),
        .init(
            json:
                #"{"a":{"dtype":"I8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"I8","shape":[2],"data_offsets":[1,3]}}"#,
            data: 3,
            code: .invalidOffsets,
            reason: #""b" overlaps the tensor before it: it starts at byte 1, expected 2"#
        ),
        .init(
            json:
                #"{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"I8","shape":[1],"data_offsets":[1,2]}}"#,
            data: 2,
            code: .invalidHeader,
            reason: #"key "a" occurs twice"#
        ),
    ]

    @Test(arguments: badFiles)
    func refuses(_ file: BadFile) throws {
        let plain = Sample.plain(file.json, data: file.data, length: file.length)
        let error = try #require(Sample.failure(plain))
        #expect(error.code == file.code)
        #expect(error.description.contains(file.reason), "\(error)")
        #expect(error.description.hasPrefix("file: ") && !error.description.contains("\n"))
    }

    /// The header of a compressed file goes through the same checks.
    @Test(arguments: badFiles)
    func refusesCompressed(_ file: BadFile) throws {
        let header = Sample.plain(file.json, length: file.length)
        let data = [UInt8](repeating: 0, count: file.data)
        #expect(Sample.failure(try Sample.compressed([header] + (data.isEmpty ? [] : [data]))) != nil)
    }

    @Test func keepsItsLimits() throws {
        func code(_ bytes: [UInt8], _ change: (inout FormatLimits) -> Void) -> ModelFileError.Code? {
            var limits = FormatLimits()
            change(&limits)
            return Sample.failure(bytes, limits: limits)?.code
        }
        for encoding in [WeightFileWriter.Encoding.plain, .compressed(level: 1)] {
            let bytes = try Sample.small(encoding)
            #expect(code(bytes) { _ in } == nil)
            #expect(code(bytes) { $0.headerBytes = 100 } == .limitExceeded)
            #expect(code(bytes) { $0.rank = 0 } == .limitExceeded)
            #expect(code(bytes) { $0.nameBytes = 0 } == nil, "names of one byte are the least there is")
            #expect(code(bytes) { $0.tensors = 1 } == .limitExceeded)
            #expect(code(bytes) { $0.tensors = 2 } == nil)
            #expect(code(bytes) { $0.decodedBytes = 200 } == .limitExceeded)
        }
        let compressed = try Sample.small(.compressed(level: 1))
        #expect(code(compressed) { $0.frames = 2 } == .limitExceeded)
        #expect(code(compressed) { $0.frames = 3 } == nil)
        #expect(code(compressed) { $0.windowLog = 4 } == .limitExceeded)
        let long = String(repeating: "n", count: 256)
        let json = #"{"\#(long)":{"dtype":"I8","shape":[0],"data_offsets":[0,0]}}"#
        #expect(Sample.failure(Sample.plain(json))?.code == .limitExceeded)
    }

    @Test func survivesDeepAndLongHeaders() {
        let deep = "{\"t\":" + String(repeating: "[", count: 1_000_000)
        #expect(Sample.failure(Sample.plain(deep))?.code == .invalidHeader)
        let metadata = String(repeating: "1,", count: 500_000)
        #expect(Sample.failure(Sample.plain("{\"t\":[\(metadata)1]}"))?.code == .invalidHeader)
    }
}
