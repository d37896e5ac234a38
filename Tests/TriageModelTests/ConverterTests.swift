import Encoder
import Foundation
import ModelFormat
import StrictJSON
import Tensors
import Testing
import TriageModel

/// Conversion of tiny checkpoints to every storage.
@Suite struct ConverterTests {
    private static let text = "What is the balance of my account?"

    private static func convert(
        _ source: String,
        _ storage: WeightStorage,
        to output: String,
        level: Int? = 1
    ) throws(ModelError) -> TriageModel {
        try ModelConverter(storage: storage, calibrationTexts: nil, compressionLevel: level, threads: 2)
            .convert(ModelFiles(source), to: output) { _ in }
    }

    @Test(arguments: WeightStorage.allCases, Fixture.allCases)
    func resultLoadsVerifiesAndIsNearTheSource(_ storage: WeightStorage, fixture: Fixture) throws {
        let directory = try TemporaryDirectory()
        let output = directory.path("out")
        let converted = try Self.convert(fixture.url.path, storage, to: output)
        #expect(try directory.names == ["out"])
        let loaded = try TriageModel(directory: output)
        #expect(loaded.identity == converted.identity)
        #expect(loaded.labels == (try fixture.model(.float32)).labels)
        #expect(loaded.backend.hasPrefix(storage.isQuantized ? "cpu-int8-" : "cpu-f32-"))
        #expect(try loaded.verify() == .passed(count: 4))
        // Random weights are the worst case: nothing in them is redundant.
        let tolerance: Double =
            switch storage {
            case .float32: 1e-6
            case .float16: 0.01
            case .bfloat16: 0.05
            case .int8: 0.15
            case .int4Embeddings: 0.5
            }
        let source = try fixture.model(.float32)
        for item in try fixture.cases() where item.pair == nil {
            let expected = try source.embed(item.text).vector, found = try loaded.embed(item.text).vector
            #expect(Self.relativeDistance(found, expected) < tolerance, "\(item.text)")
        }
    }

    private static func relativeDistance(_ found: [Float], _ expected: [Float]) -> Double {
        let distance = zip(found, expected).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
        return (distance / expected.reduce(0.0) { $0 + pow(Double($1), 2) }).squareRoot()
    }

    @Test(arguments: [Fixture.bertPairs, .bertMultiLabel, .distilBERT, .miniLM])
    func int8LogitsAreNear(_ fixture: Fixture) throws {
        let directory = try TemporaryDirectory()
        let converted = try Self.convert(fixture.url.path, .int8, to: directory.path("out"))
        let cases = try fixture.cases()
        let expected = try cases.flatMap { try $0.values("logits") }
        let found = try cases.flatMap { try converted.classify($0.text, pair: $0.pair).logits }
        #expect(Self.relativeDistance(found, expected) < 0.1)
    }

    /// Some channels of the feed-forward network are made 64 times as large and their readers smaller by as much. That
    /// changes no result, with ReLU; it costs a token's 8 bits of activations dearly, and smoothing takes it back.
    @Test func smoothingHelpsWhereChannelsDiffer() throws {
        let source = try ModelCopy(.bertRegression)
        for layer in 0..<3 {
            let block = "bert.encoder.layer.\(layer)."
            let isLarge = { (channel: Int) in channel % 11 == 5 }
            try source.rewriteTensor(block + "intermediate.dense.weight") { values in
                values.enumerated().map { isLarge($0 / 17) ? $1 * 64 : $1 }
            }
            try source.rewriteTensor(block + "intermediate.dense.bias") { values in
                values.enumerated().map { isLarge($0) ? $1 * 64 : $1 }
            }
            try source.rewriteTensor(block + "output.dense.weight") { values in
                values.enumerated().map { isLarge($0 % 33) ? $1 / 64 : $1 }
            }
        }
        let directory = try TemporaryDirectory()
        let smooth = try Self.convert(source.url.path, .int8, to: directory.path("out"))
        let texts = try Fixture.bertRegression.cases().map(\.text)
        let expected = try texts.flatMap { try Fixture.bertRegression.model(.float32).embed($0).vector }
        func distance(_ model: TriageModel) throws -> Double {
            Self.relativeDistance(try texts.flatMap { try model.embed($0).vector }, expected)
        }
        let without = try distance(source.model(.int8)), with = try distance(smooth)
        #expect(try distance(source.model(.float32)) < 1e-5)
        #expect(with < without / 2, "\(with) with smoothing, \(without) without")
    }

    @Test func float32IsLossless() throws {
        let directory = try TemporaryDirectory()
        let source = try ModelCopy(.bertPairs).tensors()
        for level in [nil, 3] {
            let output = directory.path("out\(level ?? 0)")
            _ = try Self.convert(Fixture.bertPairs.url.path, .float32, to: output, level: level)
            let file = try WeightFile.open(
                output + (level == nil ? "/model.safetensors" : "/model.safetensors.zst")
            )
            let tensors = try file.load(file.entries.map(\.name), threads: 1)
            #expect(Set(tensors.keys) == Set(source.keys))
            for (name, tensor) in tensors {
                let original = try #require(source[name])
                #expect(tensor.shape == original.shape && tensor.elementType == .float32)
                #expect(tensor.floats().map(\.bitPattern) == original.floats().map(\.bitPattern))
            }
        }
    }

    /// What integers stand for, written out, is what the quantised model is in floating point.
    @Test(arguments: [WeightStorage.int8, .int4Embeddings])
    func quantizedModelsConvertBack(_ storage: WeightStorage) throws {
        let quantized = try ModelCopy(.bertPairs, converted: storage), directory = try TemporaryDirectory()
        let restored = try Self.convert(quantized.url.path, .float32, to: directory.path("out"))
        let same = try quantized.model(.float32)
        #expect(try restored.classify(Self.text).logits == same.classify(Self.text).logits)
        #expect(try Fixture.json(directory.url.appending(path: "out/config.json"))["quantization_config"] == nil)
    }

    @Test func typesAndNamesOfInt8() throws {
        let directory = try TemporaryDirectory()
        _ = try Self.convert(Fixture.bertPairs.url.path, .int8, to: directory.path("out"))
        let file = try WeightFile.open(directory.path("out/model.safetensors.zst"))
        let query = WeightTests.query, words = WeightTests.words
        let expected: [(String, ElementType, [Int])] = [
            (query, .int8, [40, 40]), (query + "_scale", .float32, [40, 1]), (query + "_smoothing", .float32, [40]),
            (words, .int8, [65, 40]), (words + "_scale", .float32, [65, 1]),
            ("bert.embeddings.position_embeddings.weight", .float16, [24, 40]),
            ("bert.encoder.layer.1.output.dense.bias", .float32, [40]),
            ("bert.pooler.dense.weight", .float32, [40, 40]), ("classifier.weight", .float32, [3, 40]),
        ]
        for (name, type, shape) in expected {
            let entry = try #require(file.entry(named: name), "\(name)")
            #expect(entry.elementType == type && entry.shape.dimensions == shape, "\(name)")
        }
        let quantized = file.entries.filter { $0.elementType == .int8 }
        #expect(quantized.count == 13)
    }

    @Test func configurationDescribesTheStorage() throws {
        for storage in WeightStorage.allCases {
            let directory = try TemporaryDirectory()
            _ = try Self.convert(Fixture.bertPairs.url.path, storage, to: directory.path("out"))
            let json = try Fixture.json(directory.url.appending(path: "out/config.json"))
            let description = json["quantization_config"]
            #expect((description != nil) == storage.isQuantized)
            guard storage.isQuantized else { continue }
            #expect(description?["quant_method"]?.string == "compressed-tensors")
            let groups = description?["config_groups"]
            let linear = groups?["group_0"]?["weights"]
            #expect(linear?["num_bits"]?.integer == 8 && linear?["strategy"]?.string == "channel")
            #expect(linear?["symmetric"]?.bool == true)
            let activations = groups?["group_0"]?["input_activations"]
            #expect(activations?["strategy"]?.string == "token" && activations?["dynamic"]?.bool == true)
            #expect(groups?["group_1"]?["weights"]?["num_bits"]?.integer == (storage == .int8 ? 8 : 4))
            #expect(json["hidden_size"]?.integer == 40)
        }
    }

    @Test func descriptionIsKeptAndCompleted() throws {
        let source = try ModelCopy(.bertPairs)
        let labels: [JSONValue] = ["a", "b", "c"].map { .object(["name": .string($0), "route": .string("to-\($0)")]) }
        try source.write(
            "triage.json",
            .object([
                "format": 1, "name": "tiny", "pooling": "mean", "pooler": false, "labels": .array(labels),
                "calibration": .object(["temperature": .number(1.5)]), "licence": "Apache-2.0",
            ])
        )
        try source.write("README.md", text: "# Tiny\n")
        let directory = try TemporaryDirectory()
        let converted = try Self.convert(source.url.path, .int8, to: directory.path("out"))
        #expect(converted.name == "tiny")
        #expect(converted.labels.map(\.route) == ["to-a", "to-b", "to-c"])
        let json = try Fixture.json(directory.url.appending(path: "out/triage.json"))
        #expect(json["licence"]?.string == "Apache-2.0" && json["pooling"]?.string == "mean")
        #expect(json["pooler"]?.bool == false && json["calibration"]?["temperature"]?.number == 1.5)
        #expect(json["converted_from"]?.string == (try source.model()).identity)
        #expect(json["golden"]?.array?.count == 4)
        #expect(try String(contentsOfFile: directory.path("out/README.md"), encoding: .utf8) == "# Tiny\n")
    }

    /// Verification notices one changed digit of a golden vector, and one of the weights.
    @Test func verificationNoticesChanges() throws {
        let directory = try TemporaryDirectory()
        _ = try Self.convert(Fixture.bertPairs.url.path, .int8, to: directory.path("out"))
        let file = directory.url.appending(path: "out/triage.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        var json = try #require(Fixture.json(file).object)
        var golden = try #require(json["golden"]?.array), vector = try #require(golden[2].object)
        var values = try #require(vector["values"]?.array)
        values[1] = .number(try #require(values[1].number) + 1e-6)
        vector["values"] = .array(values)
        golden[2] = .object(vector)
        json["golden"] = .array(golden)
        try Data(JSONValue.object(json).text().utf8).write(to: file)
        guard case .failed(let failing, let reason) = try TriageModel(directory: directory.path("out")).verify()
        else {
            Issue.record("a changed golden vector passes")
            return
        }
        #expect(failing == vector["text"]?.string && reason.hasPrefix("differs by "))
        json["golden"] = nil
        try Data(JSONValue.object(json).text().utf8).write(to: file)
        #expect(try TriageModel(directory: directory.path("out")).verify() == .noGoldenVectors)
        #expect(text.contains("golden"))
    }
}
