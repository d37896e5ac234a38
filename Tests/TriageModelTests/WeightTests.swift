import Foundation
import ModelFormat
import Tensors
import Testing
import TriageModel

/// Weight files that do not hold what `config.json` implies, or hold what no network computes with.
@Suite struct WeightTests {
    static let query = "bert.encoder.layer.0.attention.self.query.weight"
    static let words = "bert.embeddings.word_embeddings.weight"

    /// Expects that a checkpoint with changed tensors is refused for `reason`.
    private func expect(
        _ reason: String,
        location: SourceLocation = #_sourceLocation,
        _ change: (inout [String: Tensor]) throws -> Void
    ) throws {
        let directory = try ModelCopy(.bertPairs)
        try directory.rewriteTensors(change)
        for precision in Precision.allCases {
            let error = #expect(throws: ModelError.self, sourceLocation: location) { try directory.model(precision) }
            #expect(error?.path == directory.path("model.safetensors"), sourceLocation: location)
            #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")", sourceLocation: location)
        }
    }

    private static func zeros(_ type: ElementType, _ dimensions: [Int]) throws -> Tensor {
        let shape = try TensorShape(dimensions)
        return switch type.size {
        case 1: Tensor(littleEndian: [UInt8](repeating: 0, count: shape.elementCount), elementType: type, shape: shape)
        case 2: Tensor(littleEndian: [UInt16](repeating: 0, count: shape.elementCount), elementType: type, shape: shape)
        default: Tensor([Float](repeating: 0, count: shape.elementCount), shape: shape)
        }
    }

    @Test func everyTensorIsNeeded() throws {
        let whole = try ModelCopy(.distilBERT)
        for name in try whole.tensors().keys.sorted() {
            let directory = try ModelCopy(.distilBERT)
            try directory.rewriteTensors { $0[name] = nil }
            let error = #expect(throws: ModelError.self, "\(name)") { try directory.model(.float32) }
            // Without its word table the checkpoint looks like an encoder alone, whose names have no prefix.
            let named = name.hasSuffix("word_embeddings.weight") ? "has no tensor" : "has no tensor \"\(name)\""
            #expect(error?.reason.contains(named) == true)
        }
    }

    @Test func wrongShapes() throws {
        try expect("\"\(Self.query)\" has shape [40, 41], config.json implies [40, 40]") {
            $0[Self.query] = try Self.zeros(.float32, [40, 41])
        }
        try expect("has shape [1600], config.json implies [40, 40]") {
            $0[Self.query] = try Self.zeros(.float32, [1600])
        }
        try expect("\"classifier.bias\" has shape [4], config.json implies [3]") {
            $0["classifier.bias"] = try Self.zeros(.float32, [4])
        }
        try expect("\"\(Self.words)\" has shape [64, 40], config.json implies [65, 40]") {
            $0[Self.words] = try Self.zeros(.float32, [64, 40])
        }
    }

    @Test func wrongTypes() throws {
        try expect("\"\(Self.query)\" has type U8, expected F32, F16, BF16") {
            $0[Self.query] = try Self.zeros(.uint8, [40, 40])
        }
        try expect("\"classifier.weight\" has type I8, expected F32, F16, BF16") {
            $0["classifier.weight"] = try Self.zeros(.int8, [3, 40])
        }
    }

    @Test func scalesOfIntegers() throws {
        let scale = Self.query + "_scale"
        try expect("has no tensor \"\(scale)\" for the integers in \"\(Self.query)\"") {
            $0[Self.query] = try Self.zeros(.int8, [40, 40])
        }
        try expect("\"\(scale)\" has shape [40], config.json implies [40, 1]") {
            $0[Self.query] = try Self.zeros(.int8, [40, 40])
            $0[scale] = try Self.zeros(.float32, [40])
        }
        try expect("\"\(scale)\" has type F16, expected F32") {
            $0[Self.query] = try Self.zeros(.int8, [40, 40])
            $0[scale] = try Self.zeros(.float16, [40, 1])
        }
        try expect("\"\(Self.query)_smoothing\" has shape [39], config.json implies [40]") {
            $0[Self.query] = try Self.zeros(.int8, [40, 40])
            $0[scale] = try Self.zeros(.float32, [40, 1])
            $0[Self.query + "_smoothing"] = try Self.zeros(.float32, [39])
        }
        try expect("\"\(Self.words)_packed\" has shape [65, 40], config.json implies [65, 20]") {
            $0[Self.words + "_packed"] = try Self.zeros(.uint8, [65, 40])
        }
        try expect("has no tensor \"\(Self.words)_scale\"") {
            $0[Self.words + "_packed"] = try Self.zeros(.uint8, [65, 20])
        }
    }

    @Test func layersOfOneInputShareItsSmoothing() throws {
        let directory = try ModelCopy(.bertPairs, converted: .int8)
        let name = Self.query + "_smoothing"
        try directory.rewriteTensor(name) { $0.map { $0 * 2 } }
        let error = #expect(throws: ModelError.self) { try directory.model() }
        #expect(error?.reason == "query, key and value smooth their common input differently")
    }

    @Test func scalesAndSmoothingAreFinite() throws {
        for suffix in ["_scale", "_smoothing"] {
            let directory = try ModelCopy(.bertPairs, converted: .int8)
            try directory.rewriteTensor(Self.query + suffix) { $0.dropLast() + [.nan] }
            let error = #expect(throws: ModelError.self) { try directory.model() }
            #expect(error?.reason == "tensor \"\(Self.query)\(suffix)\" has values that are not finite")
        }
    }

    /// Rounding to integers and clamps would turn such a value into a finite, wrong answer.
    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func everyTensorIsFinite(_ value: Float) throws {
        let whole = try ModelCopy(.distilBERT)
        for name in try whole.tensors().keys.sorted() {
            let directory = try ModelCopy(.distilBERT)
            try directory.rewriteTensor(name) { $0.dropLast() + [value] }
            for precision in [Precision.float32, .int8] {
                let error = #expect(throws: ModelError.self, "\(name)") { try directory.model(precision) }
                #expect(error?.reason == "tensor \"\(name)\" has values that are not finite")
            }
        }
    }

    /// Finite values that overflow on the way, which attention and integers would hide.
    @Test(arguments: [Precision.float32, .int8])
    func valuesThatOverflow(_ precision: Precision) throws {
        let directory = try ModelCopy(.bertPairs)
        let name = "bert.embeddings.LayerNorm.weight"
        try directory.rewriteTensor(name) { $0.map { _ in 3e38 } }
        let error = #expect(throws: ModelError.self) { try directory.model(precision) }
        #expect(error?.reason == "tensor \"\(name)\" has values up to 3e+38, with which the network overflows")
    }

    @Test func scalesThatOverflow() throws {
        let directory = try ModelCopy(.bertPairs, converted: .int8)
        try directory.rewriteTensor(Self.query + "_scale") { $0.dropLast() + [1_000_001] }
        #expect(throws: ModelError.self) { try directory.model() }
        try directory.rewriteTensor(Self.query + "_scale") { $0.dropLast() + [1_000_000] }
        #expect(throws: Never.self) { try directory.model() }
    }

    /// Layer norms as checkpoints converted from TensorFlow name them.
    @Test func olderNames() throws {
        let directory = try ModelCopy(.bertPairs)
        try directory.rewriteTensors { tensors in
            for (name, tensor) in tensors where name.contains("LayerNorm") {
                tensors[name] = nil
                let older = name.replacing("LayerNorm.weight", with: "LayerNorm.gamma")
                    .replacing("LayerNorm.bias", with: "LayerNorm.beta")
                tensors[older] = tensor
            }
        }
        let text = "how is the weather today?"
        #expect(
            try directory.model(.float32).classify(text).logits
                == Fixture.bertPairs.model(.float32).classify(text).logits
        )
    }

    /// The encoder of a classifier without the prefix that Hugging Face gives it.
    @Test func namesWithoutPrefix() throws {
        let directory = try ModelCopy(.bertPairs)
        try directory.rewriteTensors { tensors in
            tensors = Dictionary(uniqueKeysWithValues: tensors.map { ($0.key.replacing("bert.", with: ""), $0.value) })
        }
        let text = "how is the weather today?"
        #expect(
            try directory.model(.float32).classify(text).logits
                == Fixture.bertPairs.model(.float32).classify(text).logits
        )
    }

    @Test func damagedFiles() throws {
        let directory = try ModelCopy(.bertPairs)
        let bytes = try Data(contentsOf: URL(filePath: directory.path("model.safetensors")))
        for count in [0, 7, 8, 100, bytes.count - 1] {
            try bytes.prefix(count).write(to: URL(filePath: directory.path("model.safetensors")))
            let error = #expect(throws: ModelError.self) { try directory.model(.float32) }
            #expect(error?.path == directory.path("model.safetensors"))
        }
    }
}
