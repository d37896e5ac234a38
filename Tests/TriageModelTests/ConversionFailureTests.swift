import Foundation
import Testing
import TriageModel

/// A conversion that fails changes nothing.
@Suite struct ConversionFailureTests {
    private static func convert(_ source: ModelCopy, _ storage: WeightStorage, to output: String) -> ModelError? {
        do throws(ModelError) {
            _ = try ModelConverter(storage: storage, calibrationTexts: nil, compressionLevel: 1, threads: 1)
                .convert(ModelFiles(source.url.path), to: output) { _ in }
            return nil
        } catch {
            return error
        }
    }

    @Test func outputThatIsNotEmpty() throws {
        let directory = try TemporaryDirectory(), source = try ModelCopy(.distilBERT)
        let output = directory.url.appending(path: "out")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: false)
        try Data("keep".utf8).write(to: output.appending(path: "notes"))
        let error = try #require(Self.convert(source, .int8, to: output.path))
        #expect(error.path == output.path)
        #expect(try directory.names == ["out"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: output.path) == ["notes"])
    }

    @Test func outputThatIsAFileOrCannotBeMade() throws {
        let directory = try TemporaryDirectory(), source = try ModelCopy(.distilBERT)
        try Data("keep".utf8).write(to: directory.url.appending(path: "file"))
        #expect(Self.convert(source, .int8, to: directory.path("file"))?.path == directory.path("file"))
        let below = directory.path("absent/out")
        #expect(Self.convert(source, .int8, to: below)?.path == below)
        #expect(try directory.names == ["file"])
    }

    @Test func emptyOutputIsUsed() throws {
        let directory = try TemporaryDirectory(), source = try ModelCopy(.distilBERT)
        try FileManager.default.createDirectory(atPath: directory.path("out"), withIntermediateDirectories: false)
        #expect(Self.convert(source, .int8, to: directory.path("out")) == nil)
        #expect(try directory.names == ["out"])
    }

    @Test(arguments: [false, true])
    func valuesOutOfRange(outputExists: Bool) throws {
        let directory = try TemporaryDirectory(), source = try ModelCopy(.distilBERT)
        if outputExists {
            try FileManager.default.createDirectory(atPath: directory.path("out"), withIntermediateDirectories: false)
        }
        let name = "distilbert.transformer.layer.0.ffn.lin1.weight"
        try source.rewriteTensor(name) { $0.dropLast() + [70_000] }
        let error = try #require(Self.convert(source, .float16, to: directory.path("out")))
        #expect(error.path == source.path("model.safetensors"))
        #expect(error.reason == "tensor \"\(name)\" has values that F16 cannot hold")
        #expect(try directory.names == (outputExists ? ["out"] : []))
    }

    /// Values that are finite themselves, but not what the network makes of them.
    @Test(arguments: [WeightStorage.int8, .float32])
    func networkThatOverflows(_ storage: WeightStorage) throws {
        let directory = try TemporaryDirectory(), source = try ModelCopy(.bertPairs)
        try source.rewriteTensor("bert.embeddings.LayerNorm.weight") { $0.map { _ in 3e38 } }
        #expect(Self.convert(source, storage, to: directory.path("out"))?.reason.contains("overflows") == true)
        #expect(try directory.names == [])
    }
}
