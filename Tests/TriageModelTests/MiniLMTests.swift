import Foundation
import ModelFormat
import StrictJSON
import Tensors
import Testing
import TriageModel

/// all-MiniLM-L6-v2 against PyTorch: `TRIAGE_MINILM=DIR swift test -c release --filter MiniLMTests`, DIR being the
/// checkpoint as sentence-transformers publishes it.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["TRIAGE_MINILM"] != nil,
        "set TRIAGE_MINILM to a directory that holds all-MiniLM-L6-v2"
    )
)
struct MiniLMTests {
    private let directory: String
    private let texts: [String]
    private let expected: [[Float]]

    init() throws {
        directory = try #require(ProcessInfo.processInfo.environment["TRIAGE_MINILM"])
        let array = try #require(Fixture.json(Fixture.folder.appending(path: "minilm-texts.json")).array)
        texts = array.compactMap(\.string)
        let file = try WeightFile.open(Fixture.folder.appending(path: "minilm-embeddings.safetensors").path)
        let values = try #require(file.load(["embeddings"], threads: 1)["embeddings"]).floats()
        expected = texts.indices.map { Array(values[$0 * 384..<($0 + 1) * 384]) }
        try #require(texts.count == 60 && values.count == 60 * 384)
    }

    @Test func float32EmbeddingsAreThoseOfPyTorch() throws {
        let model = try TriageModel(directory: directory, precision: .float32)
        let found = try model.embed(texts).map(\.vector)
        // Of length 1: the distance is relative to it.
        let distances = zip(found, expected).map { found, expected in
            zip(found, expected).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }.squareRoot()
        }
        let worst = distances.max() ?? .infinity
        print("f32: distance from PyTorch \(worst) at worst, largest element", largest(found, expected))
        #expect(worst < 1e-5)
    }

    @Test func int8EmbeddingsAreNear() throws {
        let temporary = try TemporaryDirectory()
        let converter = ModelConverter(storage: .int8, calibrationTexts: nil, compressionLevel: 1, threads: 2)
        let model = try converter.convert(ModelFiles(directory), to: temporary.path("int8")) { _ in }
        let found = try model.embed(texts).map(\.vector)
        let cosines = zip(found, expected).map { zip($0, $1).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } }
        let mean = cosines.reduce(0, +) / Double(cosines.count), worst = cosines.min() ?? 0
        print("int8: cosine \(mean) on average, \(worst) at worst")
        #expect(mean >= 0.9990)
        #expect(worst >= 0.994)
    }

    private func largest(_ left: [[Float]], _ right: [[Float]]) -> Float {
        zip(left, right).map(largestDifference).max() ?? .infinity
    }
}
