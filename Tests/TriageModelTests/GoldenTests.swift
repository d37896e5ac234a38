import Encoder
import Foundation
import StrictJSON
import Tensors
import Testing

@testable import TriageModel

/// Results against those of PyTorch, on checkpoints as Hugging Face saves them.
@Suite struct GoldenTests {
    @Test(arguments: Fixture.classifiers)
    func logitsAndProbabilities(_ fixture: Fixture) throws {
        let model = try fixture.model(.float32)
        let cases = try fixture.cases()
        try #require(cases.count >= 8)
        for item in cases {
            let result = try model.classify(item.text, pair: item.pair)
            #expect(largestDifference(result.logits, try item.values("logits")) < 1e-4, "\(item.text)")
            #expect(largestDifference(result.probabilities, try item.values("probabilities")) < 2e-5, "\(item.text)")
            #expect(result.tokenCount == item.ids.count)
            #expect(result.isTruncated == (item.ids.count == model.maximumTokenCount), "\(item.text)")
            if item.pair == nil { #expect(model.tokenize(item.text).ids == item.ids) }
        }
    }

    @Test func labelsAreThoseOfTheConfiguration() throws {
        let names = try [Fixture.bertPairs, .bertMultiLabel, .bertRegression, .distilBERT, .sentence].map {
            try $0.model(.float32).labels.map(\.name)
        }
        #expect(
            names == [
                ["entails", "neutral", "contradicts"], ["a", "b", "c", "d", "e"], ["score"], ["w", "x", "y", "z"], [],
            ]
        )
    }

    /// As an encoder alone, then as sentence-transformers and triage.json describe heads.
    @Test(arguments: [Head.none, .sentenceMean, .sentenceNormalized, .firstToken, .describedNormalized])
    func embeddings(_ head: Head) throws {
        let directory = try ModelCopy(.sentence)
        try head.write(to: directory)
        let model = try directory.model(.float32)
        for item in try Fixture.sentence.cases() {
            var expected = try item.values(head.pools)
            if head.normalizes {
                let length = expected.reduce(0) { $0 + $1 * $1 }.squareRoot()
                expected = expected.map { $0 / length }
            }
            let vector = try model.embed(item.text).vector
            #expect(largestDifference(vector, expected) < 2e-5, "\(item.text)")
        }
    }

    enum Head: CaseIterable {
        case none, sentenceMean, sentenceNormalized, firstToken, describedNormalized

        var pools: String { self == .firstToken ? "cls" : "mean" }
        var normalizes: Bool { self == .sentenceNormalized || self == .describedNormalized }

        func write(to directory: ModelCopy) throws {
            switch self {
            case .none: return
            case .sentenceMean, .sentenceNormalized, .firstToken:
                try directory.write("1_Pooling/config.json", .object([mode: true]))
                let modules = ["Transformer", "Pooling"] + (normalizes ? ["Normalize"] : [])
                try directory.write("modules.json", sentenceModules(modules))
            case .describedNormalized:
                try directory.write("triage.json", .object(["format": 1, "pooling": "mean", "normalize": true]))
            }
        }

        private var mode: String { self == .firstToken ? "pooling_mode_cls_token" : "pooling_mode_mean_tokens" }
    }

    /// The head of a classifier, as triage.json replaces it: pooled by mean, without the dense layer.
    @Test func describedHead() throws {
        let directory = try ModelCopy(.miniLM)
        try directory.write("triage.json", .object(["format": 1, "pooling": "mean", "pooler": false]))
        let described = try directory.model(.float32)
        let whole = try Fixture.miniLM.model(.float32)
        #expect(described.files.head.transform == nil && described.files.head.pooling == .mean)
        #expect(whole.files.head.transform == .tanh && whole.files.head.pooling == .firstToken)
        let weights = try directory.tensor("classifier.weight").floats()
        let bias = try directory.tensor("classifier.bias").floats()
        let text = "please help me with my account"
        let vector = try described.embed(text).vector
        let logits = bias.indices.map { label in
            zip(weights[label * 48..<(label + 1) * 48], vector).reduce(bias[label]) { $0 + $1.0 * $1.1 }
        }
        #expect(largestDifference(try described.classify(text).logits, logits) < 1e-5)
        #expect(largestDifference(try whole.classify(text).logits, logits) > 0.1)
    }

    @Test func temperatureDividesLogits() throws {
        let directory = try ModelCopy(.bertPairs)
        let calibration: JSONValue = .object(["temperature": .number(2.5)])
        try directory.write("triage.json", .object(["format": 1, "calibration": calibration]))
        let cool = try directory.model(.float32).classify("help me")
        let plain = try Fixture.bertPairs.model(.float32).classify("help me")
        #expect(cool.logits == plain.logits)
        let weights = plain.logits.map { (logit: Float) in exp(Double(logit / 2.5)) }
        let expected = weights.map { Float($0 / weights.reduce(0, +)) }
        #expect(largestDifference(cool.probabilities, expected) < 1e-6)
        #expect(largestDifference(cool.probabilities, plain.probabilities) > 0.01)
    }
}
