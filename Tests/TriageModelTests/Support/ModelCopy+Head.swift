import ModelFormat
import StrictJSON
import Tensors

@testable import TriageModel

extension ModelCopy {
    static let headLabels = ["lost", "pay", "other"], headExamples = 70, headBits = 5

    /// The tiny encoder with a head of arbitrary weights: three labels, words, and 70 examples.
    static func withHead() throws -> ModelCopy {
        let copy = try ModelCopy(.sentence)
        try copy.writeHead { _ in }
        try copy.write("triage.json", headDescription())
        let examples = (0..<headExamples).map { Example(text: "example \($0)\n“é”", label: headLabels[$0 % 3]) }
        try copy.write("examples.jsonl", text: String(decoding: ExampleTexts.bytes(of: examples), as: UTF8.self))
        return copy
    }

    static func headDescription() -> JSONValue {
        let settings = HeadSettings(
            lexicalBits: headBits,
            scope: HeadSettings.Scope(
                logit: .init(mean: 0.4, deviation: 0.5),
                similarity: .init(mean: 0.3, deviation: 0.2),
                shares: [0, 0.25, 0.5, 0.9, 1],
                values: [-3, -1, 0, 1, 4]
            ),
            confidence: .init(bias: 0.1, logOdds: 0.9, gap: 0.05, strangeness: -0.1)
        )
        let decision = DecisionSettings(
            threshold: 0.6,
            outOfScopeThreshold: 0.95,
            ambiguousRoutes: ["human"],
            outOfScopeRoute: "remote",
            promise: .init(maximumError: 0.1, certainty: 0.9, coverage: 0.5, rows: 10, decided: 5, wrong: 0)
        )
        return .object([
            "format": 1, "pooling": "mean", "pooler": false, "normalize": true,
            "labels": .array(headLabels.map { .object(["name": .string($0), "route": .string("to " + $0)]) }),
            "calibration": .object(["temperature": .number(0.5)]), "head": settings.json, "decision": decision.json,
        ])
    }

    /// Writes the weights of the head after `change`.
    func writeHead(_ change: (inout [String: Tensor]) throws -> Void) throws {
        let labels = Self.headLabels.count, size = 40, buckets = 1 << Self.headBits, examples = Self.headExamples
        // Knuth's MMIX generator: any numbers will do, always the same.
        var state: UInt64 = 5
        func number() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) / 8_388_608 - 1
        }
        typealias Name = FittedHead.TensorName
        var tensors = [
            Name.classifierWeight: Tensor(
                (0..<labels * size).map { _ in number() },
                shape: try TensorShape([labels, size])
            ),
            Name.classifierBias: Tensor((0..<labels).map { _ in number() }, shape: try TensorShape([labels])),
            Name.lexicalWeight: Tensor(
                littleEndian: (0..<buckets * labels).map { _ in Float16(number()).bitPattern },
                elementType: .float16,
                shape: try TensorShape([buckets, labels])
            ),
            Name.lexicalFrequency: Tensor(
                (0..<buckets).map { $0 % 7 == 0 ? 0 : 2 + number() },
                shape: try TensorShape([buckets])
            ),
            Name.exampleWeight: Tensor(
                littleEndian: (0..<examples * size).map { _ in UInt8(bitPattern: Int8(127.4 * number())) },
                elementType: .int8,
                shape: try TensorShape([examples, size])
            ),
            Name.exampleScale: Tensor(
                (0..<examples).map { _ in 0.002 + 0.0005 * number() },
                shape: try TensorShape([examples, 1])
            ),
        ]
        try change(&tensors)
        try WeightFileWriter(encoding: .compressed(level: 3)).write(tensors, to: path("head.safetensors.zst"))
    }
}
