import Foundation
import StrictJSON
import Testing
import TriageModel

/// Every scalar of a model's JSON files in turn becomes each of a list of values: the model loads and answers, or fails
/// with a `ModelError`. Nothing traps.
@Suite struct MutationTests {
    private static let replacements: [JSONValue] = [
        .null, -1, 0, 1, .integer(.max), .number(1e308), .number(0.5), "x", "", true, .array([]), .object([:]),
        .array([.null, "x", -1]),
    ]

    @Test(arguments: [
        (Fixture.bertPairs, "config.json"), (.distilBERT, "config.json"), (.bertPairs, "triage.json"),
        (.sentence, "modules.json"), (.sentence, "1_Pooling/config.json"),
    ])
    func scalarsAndContainers(_ fixture: Fixture, file: String) throws {
        let directory = try ModelCopy(fixture)
        if fixture == .sentence {
            try directory.write("modules.json", sentenceModules("Transformer", "Pooling", "Normalize"))
            try directory.write("1_Pooling/config.json", .object(["pooling_mode_mean_tokens": true, "word": 40]))
        }
        if file == "triage.json" { try directory.write(file, Self.description) }
        let original = try Fixture.json(directory.url.appending(path: file))
        #expect(outcome(directory) == nil, "the file itself is refused")
        var refused = 0, accepted = 0
        for path in Self.paths(original) {
            for value in Self.replacements {
                try directory.write(file, Self.replacing(original, path[...], value))
                if let reason = outcome(directory) {
                    refused += 1
                    #expect(!reason.isEmpty)
                } else {
                    accepted += 1
                }
            }
        }
        // A module of any other type is refused.
        #expect(refused > 0 && (accepted > 0 || file == "modules.json"))
    }

    /// Nil where the model loads and answers; the reason where it refuses.
    private func outcome(_ directory: ModelCopy) -> String? {
        do throws(ModelError) {
            let model = try TriageModel(directory: directory.url.path, precision: .int8)
            let vector = try model.embed("pay my bill").vector
            #expect(vector.count == model.embeddingSize)
            #expect(vector.filter(\.isFinite).count == vector.count)
            if !model.labels.isEmpty {
                let result = try model.classify("pay my bill")
                #expect(result.probabilities.filter(\.isFinite).count == model.labels.count)
                #expect(result.probabilities.count == model.labels.count)
            }
            return nil
        } catch {
            return error.reason
        }
    }

    private static let description: JSONValue = .object([
        "format": 1, "name": "tiny", "version": "1",
        "labels": .array([
            .object(["name": "a", "route": "script"]), .object(["name": "b", "route": .null]), .object(["name": "c"]),
        ]),
        "pooling": "cls", "pooler": true, "normalize": false,
        "calibration": .object(["temperature": .number(1.5)]),
        "golden": .array([.object(["text": "a", "values": .array([1, 2, 3])])]),
    ])

    private enum Step {
        case key(String), index(Int)
    }

    /// The ways to every value below `json`, containers included.
    private static func paths(_ json: JSONValue) -> [[Step]] {
        switch json {
        case .object(let object):
            object.members.flatMap { member in
                [[Step.key(member.key)]] + paths(member.value).map { [.key(member.key)] + $0 }
            }
        case .array(let array):
            array.enumerated().flatMap { index, value in
                [[Step.index(index)]] + paths(value).map { [.index(index)] + $0 }
            }
        default: []
        }
    }

    private static func replacing(_ json: JSONValue, _ path: ArraySlice<Step>, _ value: JSONValue) -> JSONValue {
        guard let step = path.first else { return value }
        switch (json, step) {
        case (.object(var object), .key(let key)):
            object[key] = replacing(object[key] ?? .null, path.dropFirst(), value)
            return .object(object)
        case (.array(var array), .index(let index)):
            array[index] = replacing(array[index], path.dropFirst(), value)
            return .array(array)
        default: return json
        }
    }
}
