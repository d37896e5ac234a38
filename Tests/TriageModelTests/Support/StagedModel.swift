import Foundation
import StrictJSON
import Tensors
import Testing

@testable import TriageModel

/// The tiny encoder with its head of arbitrary weights, and a first stage of such.
struct StagedModel {
    static let labels = ModelCopy.headLabels, size = 20, hidden = 40
    static let texts = (0..<90).map { text in
        let words = ["card", "pay", "my", "bill", "help", "weather", "lost", "money", "?", "no", "zebra", "booking"]
        return (0...text * 7 % 23).map { words[(text * 5 + $0 * $0 * 3) % words.count] }.joined(separator: " ")
    }

    let directory: ModelCopy

    /// `settings` are those of the first stage; nil for a model without one.
    init(_ settings: JSONValue? = settings()) throws {
        directory = try ModelCopy.withHead()
        var description = try directory.json("triage.json")
        description["decision"] = nil
        description["first_stage"] = settings
        try directory.write("triage.json", .object(description))
        try rewriteTensors { _ in }
    }

    /// Some of the texts above exit and some do not.
    static func settings(_ change: (inout JSONObject) -> Void = { _ in }) -> JSONValue {
        var settings: JSONObject = [
            "temperature": .number(1.5), "threshold": .number(0.8), "out_of_scope_limit": .number(0.6),
        ]
        change(&settings)
        return .object(settings)
    }

    /// Rewrites the head's file after `change`.
    func rewriteTensors(_ change: (inout [String: Tensor]) throws -> Void) throws {
        var generator = RepeatableNoise()
        func noise(_ shape: [Int], spread: Float) throws -> Tensor {
            let values = (0..<shape.reduce(1, *)).map { _ in generator.next() * spread }
            return Tensor(values, shape: try TensorShape(shape))
        }
        let integers = (0..<Self.size * Self.hidden).map { _ in UInt8(bitPattern: Int8(generator.next() * 70)) }
        let outputs = Self.labels.count + 1
        try directory.writeHead { tensors in
            tensors["first_stage.dense.weight"] = Tensor(
                littleEndian: integers,
                elementType: .int8,
                shape: try TensorShape([Self.size, Self.hidden])
            )
            tensors["first_stage.dense.weight_scale"] = Tensor(
                [Float](repeating: 0.01, count: Self.size),
                shape: try TensorShape([Self.size, 1])
            )
            tensors["first_stage.dense.bias"] = try noise([Self.size], spread: 0.5)
            tensors["first_stage.output.weight"] = try noise([outputs, Self.size], spread: 0.4)
            tensors["first_stage.output.bias"] = try noise([outputs], spread: 0.1)
            try change(&tensors)
        }
    }

    func model(usesFirstStage: Bool = true) throws -> TriageModel {
        try TriageModel(directory: directory.url.path, precision: .int8, usesFirstStage: usesFirstStage)
    }

    /// Adds golden vectors, then lets `change` have them.
    func addGoldenVectors(_ change: (inout [JSONValue]) throws -> Void = { _ in }) throws {
        var description = try directory.json("triage.json")
        var vectors = try #require(ModelDescription.json(of: model().goldenVectors()).array)
        try change(&vectors)
        description["golden"] = .array(vectors)
        try directory.write("triage.json", .object(description))
    }
}

/// The same values, from -1.7 to 1.7, in every run.
private struct RepeatableNoise {
    private var state: UInt64 = 7

    mutating func next() -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) / Float(1 << 23) * 1.7 - 1.7
    }
}
