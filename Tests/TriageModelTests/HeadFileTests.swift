import Foundation
import ModelFormat
import StrictJSON
import Tensors
import Testing

@testable import TriageModel

/// Damaged files of a fitted head are refused by name; nothing traps.
@Suite struct HeadFileTests {
    private func reason(_ directory: ModelCopy) -> String? {
        do throws(ModelError) {
            let answer = try TriageModel(directory: directory.url.path, precision: .int8).classify("pay my bill")
            #expect(answer.probabilities.allSatisfy(\.isFinite) && (0...1).contains(answer.confidence))
            #expect(answer.outOfScope.map { (0...1).contains($0) } ?? true)
            return nil
        } catch {
            return error.reason
        }
    }

    /// The reason why a description is refused after the value at `path` has been replaced, or removed.
    private func reason(_ path: String, _ value: JSONValue?) throws -> String? {
        func replaced(_ json: JSONValue, _ keys: ArraySlice<Substring>) -> JSONValue {
            guard let key = keys.first.map(String.init), var object = json.object else { return value ?? .null }
            object[key] = keys.count == 1 ? value : replaced(object[key] ?? .object([:]), keys.dropFirst())
            return .object(object)
        }
        let directory = try ModelCopy.withHead()
        try directory.write("triage.json", replaced(ModelCopy.headDescription(), path.split(separator: ".")[...]))
        return reason(directory)
    }

    @Test(
        arguments: [
            ("head", 1, "\"head\" holds"), ("head.lexical_bits", 3, "4 to 20"), ("head.lexical_bits", 21, "4 to 20"),
            ("head.lexical_bits", .number(5.5), "an integer"), ("head.lexical_bits", 6, "lexical.weight"),
            ("head.other", 1, "\"other\""), ("head.confidence", nil, "confidence"),
            ("head.confidence.bias", nil, "head.confidence.bias"), ("head.confidence.gap", "x", "head.confidence.gap"),
            ("head.confidence.log_odds", .number(1e308), "head.confidence.log_odds"),
            ("head.confidence.more", 1, "\"more\""), ("head.scope.logit", nil, "head.scope.logit"),
            ("head.scope.logit.deviation", -1, "deviation"), ("head.scope.logit.deviation", 0, "deviation"),
            ("head.scope.similarity.deviation", .number(1e-300), "deviation"),
            ("head.scope.similarity.mean", .number(-1e300), "mean"), ("head.scope.similarity.mean", true, "mean"),
            ("head.scope.shares", .array([0, 1]), "2 shares and 5 values"),
            ("head.scope.shares", .array([0, .number(0.5), .number(0.25), .number(0.9), 1]), "does not ascend"),
            ("head.scope.shares", .array([0, 0, 0, 0, 2]), "from 0 to 1"),
            ("head.scope.shares", "x", "array of numbers"),
            ("head.scope.values", .array([.null, 1, 2, 3, 4]), "array of numbers"),
            ("head.scope.values", .array([4, 3, 2, 1, 0]), "does not ascend"), ("head.scope.extra", 1, "\"extra\""),
            ("decision", .array([]), "\"decision\" holds"), ("decision.threshold", nil, "decision.threshold"),
            ("decision.threshold", .number(1.01), "0 to 1"), ("decision.threshold", .number(-0.01), "0 to 1"),
            ("decision.out_of_scope_threshold", "high", "out_of_scope_threshold"),
            ("decision.treshold", 1, "\"treshold\""),
            ("decision.fallback", "human", "decision.fallback"), ("decision.fallback.ambiguous", 7, "a string"),
            ("decision.fallback.unsure", "x", "\"unsure\""), ("decision.promise", true, "decision.promise"),
            ("decision.promise.rows", .number(0.5), "an integer"), ("decision.promise.certainty", 2, "0 to 1"),
            ("decision.promise.extra", 2, "\"extra\""), ("labels", nil, "needs \"labels\""),
            ("labels", .array([]), "needs \"labels\""),
            ("labels", .array([.object(["name": "a"])]), "classifier.weight"),
            ("calibration.temperature", 0, "temperature"),
        ] as [(String, JSONValue?, String)]
    )
    func aWrongSetting(path: String, value: JSONValue?, says: String) throws {
        let found = try #require(try reason(path, value), "\(path) is accepted")
        #expect(found.contains(says), "\(found)")
    }

    @Test(
        arguments: [
            ("head.scope", nil), ("decision", nil), ("decision.fallback", nil), ("decision.promise", nil),
            ("head.scope.values", .array([0, 0, 0, 0, 0])), ("calibration", nil), ("decision.threshold", 0),
            ("head.confidence.log_odds", 1_000_000), ("calibration.temperature", .number(1.2e-38)),
        ] as [(String, JSONValue?)]
    )
    func whatMayBeSaid(path: String, value: JSONValue?) throws {
        #expect(try reason(path, value) == nil)
    }

    @Test func numbersThatAreNone() throws {
        let directory = try ModelCopy.withHead()
        let text = ModelCopy.headDescription().text()
        for bad in ["NaN", "Infinity", "1e999", "-", "0x1"] {
            let changed = text.replacingOccurrences(of: "\"bias\":0.1", with: "\"bias\":\(bad)")
            #expect(changed != text)
            try directory.write("triage.json", text: changed)
            #expect(reason(directory)?.isEmpty == false, "\(bad)")
        }
    }

    @Test(arguments: [
        "classifier.weight", "classifier.bias", "lexical.weight", "lexical.frequency", "examples.weight",
        "examples.weight_scale",
    ])
    func aTensorThatIsMissingOrMisshaped(name: String) throws {
        let directory = try ModelCopy.withHead()
        try directory.writeHead { $0[name] = nil }
        #expect(reason(directory)?.contains("has no tensor \"\(name)\"") == true)
        for shape in [[1], [2, 2], [0, 40], [3, 40, 1], [70, 41], [40, 3]] {
            let count = shape.reduce(1, *)
            try directory.writeHead { tensors in
                tensors[name] = Tensor([Float](repeating: 0.1, count: count), shape: try TensorShape(shape))
            }
            #expect(reason(directory)?.contains("tensor \"") == true, "\(shape)")
        }
    }

    @Test(arguments: ["classifier.weight", "classifier.bias", "lexical.frequency", "examples.weight_scale"])
    func valuesThatAreNotFinite(name: String) throws {
        let directory = try ModelCopy.withHead()
        for value in [Float.nan, .infinity, -.infinity, 1.1e6] {
            try directory.writeHead { tensors in
                let tensor = try #require(tensors[name])
                var values = tensor.floats()
                values[values.count - 1] = value
                tensors[name] = Tensor(values, shape: tensor.shape)
            }
            #expect(reason(directory)?.contains(name) == true)
        }
        for value in [Float(1e6), -1e6, 0, .leastNonzeroMagnitude] {
            try directory.writeHead { tensors in
                let tensor = try #require(tensors[name])
                let values = [Float](repeating: value, count: tensor.floats().count)
                tensors[name] = Tensor(values, shape: tensor.shape)
            }
            #expect(reason(directory) == nil, "\(value)")
        }
    }

    @Test func noExamplesAtAll() throws {
        let directory = try ModelCopy.withHead()
        try directory.writeHead { tensors in
            tensors["examples.weight"] = Tensor(
                littleEndian: [UInt8](),
                elementType: .int8,
                shape: try TensorShape([0, 40])
            )
            tensors["examples.weight_scale"] = Tensor([], shape: try TensorShape([0, 1]))
        }
        #expect(reason(directory)?.contains("examples.weight") == true)
    }

    @Test func aFileCutShortOrDamaged() throws {
        let directory = try ModelCopy.withHead()
        let file = directory.url.appending(path: "head.safetensors.zst")
        let bytes = try [UInt8](Data(contentsOf: file))
        for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
            try Data(bytes[..<length]).write(to: file)
            #expect(reason(directory)?.isEmpty == false, "cut to \(length) of \(bytes.count)")
        }
        var refused = 0
        let places = stride(from: 0, to: bytes.count, by: max(1, bytes.count / 60))
        for place in places {
            var damaged = bytes
            damaged[place] ^= 0x55
            try Data(damaged).write(to: file)
            if reason(directory) != nil { refused += 1 }
        }
        #expect(refused >= 58, "checksums find damage: \(refused)")
        try directory.remove("head.safetensors.zst")
        #expect(reason(directory)?.contains("No such file") == true)
        try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
        #expect(reason(directory)?.isEmpty == false)
    }
}
