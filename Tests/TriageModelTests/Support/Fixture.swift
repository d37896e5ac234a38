import Foundation
import StrictJSON
import Testing
import TriageModel

/// The checkpoints that `Generators/generate_goldens.py` writes, with PyTorch's results for them.
enum Fixture: String, CaseIterable, Sendable {
    case bertPairs = "bert-pairs"
    case bertMultiLabel = "bert-multi-label"
    case bertRegression = "bert-regression"
    case distilBERT = "distilbert"
    /// One output without a problem type, stored as BF16.
    case distilBERTOne = "distilbert-one"
    /// Stored as F16.
    case miniLM = "minilm"
    /// An encoder without a classifier.
    case sentence

    static let classifiers = allCases.filter { $0 != .sentence }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    var url: URL { Self.folder.appending(path: rawValue) }

    func model(_ precision: Precision) throws -> TriageModel {
        try TriageModel(directory: url.path, precision: precision)
    }

    /// One text, or pair of texts, and what PyTorch makes of it.
    struct Case: Sendable {
        let text: String
        let pair: String?
        let ids: [Int]
        let segments: [Int]
        private let json: JSONValue

        init(_ json: JSONValue) throws {
            self.json = json
            text = try #require(json["text"]?.string)
            pair = json["pair"]?.string
            ids = try #require(json["ids"]?.array).compactMap(\.integer)
            segments = try #require(json["segments"]?.array).compactMap(\.integer)
        }

        /// The numbers under `key`: `logits` and `probabilities` of a classifier, `mean` and `cls` of an encoder.
        func values(_ key: String) throws -> [Float] {
            try #require(json[key]?.array).map { Float(try #require($0.number)) }
        }
    }

    func cases() throws -> [Case] {
        try Self.json(url.appending(path: "expected.json")).array.map { try $0.map(Case.init) } ?? []
    }

    static func json(_ url: URL) throws -> JSONValue {
        try JSONParser.parse([UInt8](Data(contentsOf: url)))
    }
}

/// The largest difference of two rows; infinite where their lengths differ or one is not a number.
func largestDifference(_ left: [Float], _ right: [Float]) -> Float {
    guard left.count == right.count else { return .infinity }
    var largest: Float = 0
    for (left, right) in zip(left, right) {
        let difference = abs(left - right)
        guard !difference.isNaN else { return .infinity }
        largest = max(largest, difference)
    }
    return largest
}
