import CPUBackend
import Encoder
import Foundation
import ModelFormat
import StrictJSON
import Tensors
import Testing

@testable import TriageModel

/// A head fitted on the vectors of an encoder, through the whole model.
@Suite struct FittedHeadTests {
    private static let texts: [String] = {
        let words = ["card", "pay", "my", "bill", "help", "weather", "lost", "money", "?", "no", "zebra", "booking"]
        return (0..<90).map { text in
            (0..<(text * 7 % 31)).map { words[(text * 5 + $0 * $0 * 3) % words.count] }.joined(separator: " ")
        }
    }()

    @Test func aTextIsItsOwnInAnyCompany() throws {
        let model = try ModelCopy.withHead().model(.int8)
        let texts = Self.texts
        let alone = try texts.map { try model.classify($0) }
        #expect(Set(alone.map(\.logits)).count > 60 && Set(alone.map(\.nearestExample)).count > 3)
        #expect(Set(alone.map(\.outOfScope)).count > 30 && Set(alone.map(\.confidence)).count > 60)
        for threads in 1...3 { #expect(try model.classify(texts, threads: threads) == alone) }
        #expect(try model.classify(texts.reversed(), threads: 2) == alone.reversed())
        var used = Classification()
        for (text, expected) in zip(texts, alone).reversed() {
            try model.classify(text, threads: 2, into: &used)
            #expect(used == expected)
        }
    }

    @Test func everyInstructionSet() throws {
        let directory = try ModelCopy.withHead()
        func answers(_ set: InstructionSet) throws -> [Classification] {
            let files = try ModelFiles(directory.url.path)
            let model = try TriageModel(files: files, precision: .int8, instructionSet: set)
            #expect(model.backend == "cpu-int8-\(set.rawValue)")
            // All is the same but what computed it.
            return try model.classify(Self.texts).map { answer in
                #expect(answer.backend == model.backend)
                var answer = answer
                answer.backend = ""
                return answer
            }
        }
        let scalar = try answers(.scalar)
        for set in InstructionSet.available { #expect(try answers(set) == scalar, "\(set)") }
    }

    /// The head's arithmetic, written out in doubles.
    @Test func isTheSumOfItsParts() throws {
        let directory = try ModelCopy.withHead()
        let model = try directory.model(.int8)
        let head = try ModelDirectory(directory.url.path).smallWeights("head.safetensors.zst")
        let tensors = try head.load(head.entries.map(\.name), threads: 1).mapValues { $0.floats() }
        func tensor(_ name: String) throws -> [Float] { try #require(tensors[name]) }
        let weight = try tensor("classifier.weight"), bias = try tensor("classifier.bias")
        let words = try tensor("lexical.weight"), frequency = try tensor("lexical.frequency")
        let examples = try tensor("examples.weight"), scales = try tensor("examples.weight_scale")
        for text in Self.texts[..<20] {
            let found = try model.classify(text), vector = try model.embed(text).vector
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
            var buckets: [Int] = []
            LexicalFeatures(bits: ModelCopy.headBits).forEach(in: model.tokenize(text).ids.map(UInt32.init)) {
                buckets.append($0)
            }
            let length = buckets.reduce(Float(0)) { $0 + frequency[$1] * frequency[$1] }.squareRoot()
            for label in 0..<3 {
                var logit = (0..<40).reduce(bias[label]) { $0 + weight[label * 40 + $1] * vector[$1] }
                for bucket in buckets { logit += frequency[bucket] / length * words[bucket * 3 + label] }
                #expect(abs(logit - found.logits[label]) < 1e-5)
            }
            let similarities = (0..<ModelCopy.headExamples).map { example in
                (0..<40).reduce(Float(0)) { $0 + examples[example * 40 + $1] * vector[$1] } * scales[example]
            }
            // The vector is rounded to 8 bits for the comparison.
            let nearest = try #require(found.nearestExample)
            #expect(similarities[nearest] > (similarities.max() ?? 0) - 0.01)
        }
    }

    @Test(arguments: ["head.safetensors.zst", "examples.jsonl"]) func filesOfTheHeadAreOfTheIdentity(file: String)
        throws
    {
        let directory = try ModelCopy.withHead()
        let identity = try directory.model(.int8).identity
        #expect(try directory.model(.int8).identity == identity)
        if file == "examples.jsonl" {
            let line = #"{"text": "other", "label": "pay"}"# + "\n"
            try directory.write(file, text: String(repeating: line, count: ModelCopy.headExamples))
        } else {
            try directory.writeHead { tensors in
                tensors["classifier.bias"] = try .init([0, 0, 1], shape: .init([3]))
            }
        }
        let changed = try directory.model(.int8).identity
        #expect(changed != identity)
        #expect(try ModelFiles(directory.url.path).identity() == changed)
    }

    @Test func examplesAreFound() throws {
        let directory = try ModelCopy.withHead()
        let model = try directory.model(.int8)
        #expect(model.example(at: 0) == Example(text: "example 0\n“é”", label: "lost"))
        #expect(model.example(at: 69) == Example(text: "example 69\n“é”", label: "lost"))
        for index in [-1, 70, .max, .min] { #expect(model.example(at: index) == nil) }
    }

    @Test func examplesFileOfAnyContent() throws {
        let directory = try ModelCopy.withHead()
        let good = #"{"text": "a", "label": "b"}"#
        for (lines, expected) in [
            (["", ""], [nil, nil]), ([good, #"{"label": "b"}"#], ["a", nil]), ([good + "\r", good], ["a", "a"]),
            (["[1]", good], [nil, "a"]), ([#"{"text": 1, "label": "x"}"#, "nonsense"], [nil, nil]),
        ] as [([String], [String?])] {
            let rest = [String](repeating: good, count: ModelCopy.headExamples - lines.count)
            let content = (lines + rest).joined(separator: "\n") + "\n"
            try directory.write("examples.jsonl", text: content)
            let model = try directory.model(.int8)
            #expect([model.example(at: 0)?.text, model.example(at: 1)?.text] == expected, "\(content.prefix(60))")
            #expect(try model.classify("pay my bill").nearestExample != nil)
        }
        // Lines that are missing or too many would name the wrong examples.
        for count in [1, ModelCopy.headExamples - 1, ModelCopy.headExamples + 1] {
            try directory.write("examples.jsonl", text: String(repeating: good + "\n", count: count))
            #expect(throws: ModelError.self) { try directory.model(.int8) }
        }
        try directory.remove("examples.jsonl")
        #expect(try directory.model(.int8).example(at: 0) == nil)
    }

    @Test func longExamplesAreCut() throws {
        let bytes = ExampleTexts.bytes(of: [
            Example(text: String(repeating: "é", count: 1_000_000), label: "x"), Example(text: "short", label: "y"),
        ])
        #expect(bytes.count < 3000)
        let texts = ExampleTexts(bytes)
        #expect(texts[0]?.text == String(repeating: "é", count: 1000) + "…" && texts[1]?.text == "short")
    }

    @Test func withoutWordsAndScope() throws {
        let directory = try ModelCopy.withHead()
        var json = try directory.json("triage.json")
        json["head"] = .object(["confidence": try #require(json["head"]?["confidence"])])
        try directory.write("triage.json", .object(json))
        try directory.writeHead { tensors in
            for name in ["lexical.weight", "lexical.frequency", "examples.weight", "examples.weight_scale"] {
                tensors[name] = nil
            }
        }
        let answer = try directory.model(.int8).classify("pay my bill")
        #expect(answer.outOfScope == nil && answer.nearestExample == nil && (0...1).contains(answer.confidence))
    }

    @Test func aModelWithAHeadIsNotConverted() throws {
        let directory = try ModelCopy.withHead(), target = try TemporaryDirectory()
        let converter = ModelConverter(storage: .int8, calibrationTexts: nil, compressionLevel: nil, threads: 1)
        let error = #expect(throws: ModelError.self) {
            _ = try converter.convert(ModelFiles(directory.url.path), to: target.path("out")) { _ in }
        }
        #expect(error?.reason.contains("convert its encoder") == true)
        #expect(try target.names.isEmpty)
    }
}
