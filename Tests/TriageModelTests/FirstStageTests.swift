import Encoder
import Foundation
import ModelFormat
import StrictJSON
import Tensors
import Testing

@testable import TriageModel

/// Models with a first stage: which texts it answers, what is loaded and refused, and what conversion keeps.
@Suite struct FirstStageTests {
    private static let size = 20

    /// A fixture with a first stage of random weights.
    private static func model(_ settings: JSONValue = settings(), of fixture: Fixture = .bertPairs) throws -> ModelCopy
    {
        let directory = try ModelCopy(fixture)
        let hidden = try ModelFiles(directory.url.path).configuration.encoder.hiddenSize
        var generator = RepeatableNoise()
        func noise(_ shape: [Int], spread: Float) throws -> Tensor {
            let values = (0..<shape.reduce(1, *)).map { _ in generator.next() * spread }
            return Tensor(values, shape: try TensorShape(shape))
        }
        let outputs = try ModelFiles(directory.url.path).labels.count
        try directory.rewriteTensors { tensors in
            tensors["first_stage.dense.weight"] = try noise([size, hidden], spread: 0.6)
            tensors["first_stage.dense.bias"] = try noise([size], spread: 0.5)
            tensors["first_stage.output.weight"] = try noise([outputs, size], spread: 0.3)
            tensors["first_stage.output.bias"] = try noise([outputs], spread: 0.1)
        }
        try directory.write("triage.json", .object(["format": 1, "first_stage": settings]))
        return directory
    }

    /// Some of the texts below exit and some do not.
    private static func settings(_ change: (inout JSONObject) -> Void = { _ in }) -> JSONValue {
        var settings: JSONObject = [
            "intermediate_size": JSONValue(size), "temperature": .number(1.5), "threshold": .number(threshold),
            "later_temperature": 2,
        ]
        change(&settings)
        return .object(settings)
    }

    private static let threshold = 0.9

    private static let texts = (0..<90).map { text in
        let words = ["card", "pay", "my", "bill", "help", "weather", "lost", "money", "?", "no", "zebra", "booking"]
        return (0...text * 7 % 23).map { words[(text * 5 + $0 * $0 * 3) % words.count] }.joined(separator: " ")
    }

    @Test(arguments: 1...3) func aTextIsAnsweredByOneStage(threads: Int) throws {
        let directory = try Self.model()
        let model = try directory.model(.int8)
        let whole = try TriageModel(directory: directory.url.path, precision: .int8, usesFirstStage: false)
        #expect(model.usesFirstStage && !whole.usesFirstStage)
        let answers = try model.classify(Self.texts, threads: threads)
        let later = try whole.classify(Self.texts, threads: threads)
        #expect((20...70).contains(answers.count { $0.stage == .first }), "not both stages are tested")
        for (text, (answer, whole)) in zip(Self.texts, zip(answers, later)) {
            #expect(try model.classify(text) == answer && model.classify(text, threads: threads) == answer)
            #expect(whole.stage == .whole)
            #expect(answer.tokenCount == whole.tokenCount)
            let greatest = try #require(answer.probabilities.max())
            #expect(abs(answer.probabilities.reduce(0, +) - 1) < 1e-5)
            if answer.stage == .first {
                #expect(greatest >= Float(Self.threshold) && answer.logits != whole.logits)
                #expect(largestDifference(answer.probabilities, softmax(answer.logits, 1.5)) < 1e-6)
            } else {
                #expect(answer.logits == whole.logits)
                #expect(largestDifference(answer.probabilities, softmax(answer.logits, 2)) < 1e-6)
                #expect(largestDifference(whole.probabilities, softmax(answer.logits, 1)) < 1e-6)
            }
        }
        #expect(try model.classify(Self.texts.reversed(), threads: threads) == answers.reversed())
        #expect(try model.embed(Self.texts) == whole.embed(Self.texts))
    }

    private func softmax(_ logits: [Float], _ temperature: Double) -> [Float] {
        let weights = logits.map { exp(Double($0) / temperature) }
        return weights.map { Float($0 / weights.reduce(0, +)) }
    }

    @Test func theThresholdDecides() throws {
        let answers = try Self.model().model(.int8).classify(Self.texts)
        let surest = try #require(answers.filter { $0.stage == .first }.compactMap { $0.probabilities.max() }.max())
        func exits(_ threshold: Float) throws -> Int {
            let settings = Self.settings { $0["threshold"] = .number(Double(threshold)) }
            return try Self.model(settings).model(.int8).classify(Self.texts).count { $0.stage == .first }
        }
        #expect(try exits(0.01) == Self.texts.count)
        #expect(try exits(surest) >= 1, "at the threshold itself it answers")
        #expect(try exits(surest.nextUp) == 0)
    }

    /// Without a temperature for later texts the model's own serves; without settings there is no first stage.
    @Test func settingsThatAreAbsent() throws {
        let text = Self.texts[3]
        let plain = try Fixture.bertPairs.model(.int8)
        #expect(!plain.usesFirstStage)
        let never = Self.settings {
            $0["threshold"] = 1
            $0["later_temperature"] = nil
        }
        #expect(try Self.model(never).model(.int8).classify(text) == plain.classify(text))
        let directory = try Self.model()
        try directory.write("triage.json", .object(["format": 1]))
        #expect(try directory.model(.int8).classify(text) == plain.classify(text))
    }

    @Test(
        arguments: [
            ("threshold", 0, "\"first_stage.threshold\" is 0.0, expected above 0 and at most 1"),
            ("threshold", .number(-1), "\"first_stage.threshold\" is -1.0"),
            ("threshold", .number(1.01), "\"first_stage.threshold\" is 1.01"),
            ("threshold", .number(1e300), "\"first_stage.threshold\" is 1e+300"),
            ("threshold", "0.9", "\"first_stage.threshold\" is a string, expected a number"),
            ("threshold", nil, "\"first_stage.threshold\" is nothing, expected a number"),
            ("temperature", 0, "\"first_stage.temperature\" is 0.0, expected more than 0"),
            ("temperature", .number(1e300), "\"first_stage.temperature\" is 1e+300"),
            ("later_temperature", .number(-2), "\"first_stage.later_temperature\" is -2.0, expected more than 0"),
            ("later_temperature", true, "expected a number"),
            ("intermediate_size", 0, "\"first_stage.intermediate_size\" is 0, expected 1 to 32768"),
            ("intermediate_size", 32_769, "\"first_stage.intermediate_size\" is 32769"),
            ("intermediate_size", .number(1.5), "expected an integer"),
            ("intermediate_size", nil, "\"first_stage.intermediate_size\" is nothing"),
            ("treshold", 1, "\"first_stage\" has \"treshold\", expected intermediate_size, temperature, threshold"),
        ] as [(String, JSONValue?, String)]
    )
    func hostileSettings(field: String, value: JSONValue?, reason: String) throws {
        let directory = try Self.model(Self.settings { $0[field] = value })
        expectFailure(directory, "triage.json", reason)
    }

    @Test func settingsThatAreNoObject() throws {
        expectFailure(try Self.model(.array([])), "triage.json", "\"first_stage\" holds an array, expected an object")
    }

    @Test(arguments: [Fixture.bertMultiLabel, .bertRegression, .sentence])
    func labelsMustExcludeOneAnother(_ fixture: Fixture) throws {
        let directory = try ModelCopy(fixture)
        try directory.write("triage.json", .object(["format": 1, "first_stage": Self.settings()]))
        expectFailure(directory, "triage.json", "labels that exclude one another")
    }

    @Test func tensorsMustBeThereAndFit() throws {
        for part in ["dense.weight", "dense.bias", "output.weight", "output.bias"] {
            let name = "first_stage.\(part)"
            let missing = try Self.model()
            try missing.rewriteTensors { $0[name] = nil }
            expectFailure(missing, "model.safetensors", "has no tensor \"\(name)\"")
            let broken = try Self.model()
            try broken.rewriteTensor(name) { [.infinity] + $0.dropFirst() }
            expectFailure(broken, "model.safetensors", "tensor \"\(name)\" has values that are not finite")
        }
        let wider = try Self.model(Self.settings { $0["intermediate_size"] = 21 })
        expectFailure(wider, "model.safetensors", "tensor \"first_stage.")
    }

    private func expectFailure(
        _ directory: ModelCopy,
        _ file: String,
        _ reason: String,
        location: SourceLocation = #_sourceLocation
    ) {
        for precision in Precision.allCases {
            let error = #expect(throws: ModelError.self, sourceLocation: location) { try directory.model(precision) }
            #expect(error?.path == directory.path(file), sourceLocation: location)
            #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")", sourceLocation: location)
        }
    }

    @Test(arguments: WeightStorage.allCases)
    func conversionKeepsAndVerifiesIt(_ storage: WeightStorage) throws {
        let source = try Self.model()
        let output = try TemporaryDirectory()
        let path = output.path("out")
        let converter = ModelConverter(storage: storage, calibrationTexts: nil, compressionLevel: 1, threads: 2)
        let model = try converter.convert(ModelFiles(source.url.path), to: path) { _ in }
        let golden = try #require(model.files.description?.goldenVectors)
        #expect(Set(golden.map(\.stage)) == [.first, .whole])
        #expect(try model.verify() == .passed(count: golden.count))
        #expect(try TriageModel(model, usesFirstStage: false).verify() == .passed(count: golden.count))
        let type = model.files.weights.entry(named: "first_stage.dense.weight")?.elementType
        #expect((type == .int8) == storage.isQuantized)
        let expected = try source.model(.float32).classify(Self.texts), found = try model.classify(Self.texts)
        let agreed = zip(expected, found).count { $0.stage == $1.stage }
        #expect(agreed >= (storage.isQuantized ? 75 : 85), "\(agreed) of \(found.count) by the same stage")
    }

    /// A converted model whose `triage.json` says something else.
    private func changed(_ change: (inout JSONObject) throws -> Void) throws -> (TemporaryDirectory, before: String) {
        let source = try Self.model()
        let output = try TemporaryDirectory()
        let converter = ModelConverter(storage: .int8, calibrationTexts: nil, compressionLevel: nil, threads: 1)
        let model = try converter.convert(ModelFiles(source.url.path), to: output.path("out")) { _ in }
        let file = URL(filePath: output.path("out/triage.json"))
        var json = try #require(Fixture.json(file).object)
        try change(&json)
        try Data(JSONValue.object(json).text().utf8).write(to: file)
        return (output, model.identity)
    }

    private func isFailure(_ verification: TriageModel.Verification) -> Bool {
        if case .failed = verification { true } else { false }
    }

    /// Whoever moves the threshold makes another model, which is no longer the one that was verified.
    @Test func aMovedThresholdShows() throws {
        let (directory, before) = try changed { $0["first_stage"] = Self.settings { $0["threshold"] = 1 } }
        let moved = try TriageModel(directory: directory.path("out"))
        #expect(moved.identity != before)
        #expect(isFailure(try moved.verify()))
    }

    @Test func goldenVectorsNameTheStage() throws {
        func verification(_ stage: String) throws -> TriageModel.Verification {
            let (directory, _) = try changed { json in
                var vectors = try #require(json["golden"]?.array)
                let index = try #require(vectors.firstIndex { $0["stage"] == "first" })
                var vector = try #require(vectors[index].object)
                vector["stage"] = .string(stage)
                vectors[index] = .object(vector)
                json["golden"] = .array(vectors)
            }
            return try withExtendedLifetime(directory) { try TriageModel(directory: directory.path("out")).verify() }
        }
        #expect(!isFailure(try verification("first")))
        #expect(isFailure(try verification("whole")))
        let error = #expect(throws: ModelError.self) { try verification("second") }
        #expect(error?.reason == "\"stage\" is \"second\", expected first or whole")
    }
}

/// The same values, of about unit spread, in every run.
private struct RepeatableNoise {
    private var state: UInt64 = 7

    mutating func next() -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) / Float(1 << 23) * 1.7 - 1.7
    }
}
