import CPUBackend
import Encoder
import Foundation
import Testing

@testable import TriageModel

/// What a text gets does not depend on its company: through the whole model, on the integer path.
@Suite struct DeterminismTests {
    /// Texts of 0 to 30 words of the vocabulary, some twice; enough for several batches.
    private static func texts(_ count: Int) -> [String] {
        let words = ["card", "pay", "my", "bill", "help", "weather", "lost", "money", "?", "no", "zebra", "booking"]
        return (0..<count).map { text in
            (0..<(text * 7 % 31)).map { words[(text * 5 + $0 * $0 * 3) % words.count] }.joined(separator: " ")
        }
    }

    @Test(arguments: [Fixture.bertPairs, .distilBERT, .miniLM], 1...4)
    func classification(_ fixture: Fixture, threads: Int) throws {
        let model = try fixture.model(.int8)
        let texts = Self.texts(90)
        let alone = try texts.map { try model.classify($0) }
        #expect(alone.map(\.tokenCount).reduce(0, +) > 2 * model.encoder.preferredTokenCount)
        #expect(Set(alone.map(\.logits)).count > 25)
        #expect(try model.classify(texts, threads: threads) == alone)
        #expect(try model.classify(texts.reversed(), threads: threads) == alone.reversed())
        #expect(try model.classify(Array(texts[17..<20]), threads: threads) == Array(alone[17..<20]))
    }

    @Test(arguments: 1...4) func embedding(threads: Int) throws {
        let model = try Fixture.sentence.model(.int8)
        let texts = Self.texts(70)
        let alone = try texts.map { try model.embed($0) }
        #expect(try model.embed(texts, threads: threads) == alone)
    }

    @Test func callersOnManyThreads() async throws {
        let model = try Fixture.miniLM.model(.int8)
        let texts = Self.texts(24)
        let alone = try texts.map { try model.classify($0) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for start in 0..<8 {
                group.addTask {
                    for index in texts.indices {
                        let text = (index + start * 3) % texts.count
                        guard try model.classify(texts[text]) == alone[text] else { return false }
                    }
                    return true
                }
            }
            for try await isEqual in group { #expect(isEqual) }
        }
    }

    @Test(arguments: Fixture.allCases)
    func everyInstructionSet(_ fixture: Fixture) throws {
        let texts = Self.texts(30)
        func vectors(_ set: InstructionSet) throws -> [[UInt32]] {
            let model = try TriageModel(
                files: ModelFiles(fixture.url.path),
                precision: .int8,
                instructionSet: set
            )
            #expect(model.backend == "cpu-int8-\(set.rawValue)")
            return try texts.map { text in
                let embedding = try model.embed(text).vector
                let logits = model.labels.isEmpty ? [] : try model.classify(text).logits
                return (embedding + logits).map(\.bitPattern)
            }
        }
        let scalar = try vectors(.scalar)
        for set in InstructionSet.available { #expect(try vectors(set) == scalar) }
    }

    @Test func noTexts() throws {
        let model = try Fixture.miniLM.model(.int8)
        #expect(try model.classify([], threads: 3).isEmpty)
        #expect(try model.embed([]).isEmpty)
        #expect(try model.classify("").tokenCount == 2)
    }

    @Test func int8IsNearFloat32() throws {
        for fixture in [Fixture.bertPairs, .bertMultiLabel, .distilBERT, .distilBERTOne, .miniLM] {
            let model = try fixture.model(.int8)
            #expect(model.backend.hasPrefix("cpu-int8-"))
            var distance = 0.0, length = 0.0
            for item in try fixture.cases() {
                let logits = try model.classify(item.text, pair: item.pair).logits
                for (found, expected) in zip(logits, try item.values("logits")) {
                    distance += Double((found - expected) * (found - expected))
                    length += Double(expected * expected)
                }
            }
            // A twelfth of their size, on random weights, which spread every error evenly.
            #expect(distance < length / 144, "\(fixture): \((distance / length).squareRoot())")
        }
    }
}
