import Foundation
import StrictJSON
import Tensors
import Testing

@testable import TriageModel

/// The first stage of models with a fitted head: which texts it answers, and what is refused.
@Suite struct FirstStageTests {
    @Test(arguments: 1...3) func aTextIsAnsweredByOneStage(threads: Int) throws {
        let staged = try StagedModel()
        let model = try staged.model(), whole = try staged.model(usesFirstStage: false)
        #expect(model.usesFirstStage && !whole.usesFirstStage)
        let answers = try model.classify(StagedModel.texts, threads: threads)
        let later = try whole.classify(StagedModel.texts, threads: threads)
        #expect((15...75).contains(answers.count { $0.stage == .first }), "not both stages are tested")
        for (text, (answer, whole)) in zip(StagedModel.texts, zip(answers, later)) {
            #expect(try model.classify(text) == answer && model.classify(text, threads: threads) == answer)
            #expect(whole.stage == .whole && whole.nearestExample != nil)
            guard answer.stage == .first else {
                #expect(answer == whole)
                continue
            }
            #expect(answer.tokenCount == whole.tokenCount && answer.isTruncated == whole.isTruncated)
            #expect(answer.logits.count == StagedModel.labels.count && answer.logits != whole.logits)
            #expect(largestDifference(answer.probabilities, softmax(answer.logits, 1.5)) < 1e-6)
            #expect(answer.confidence == answer.probabilities.max() && answer.confidence >= 0.8)
            #expect(try #require(answer.outOfScope) <= 0.6)
            #expect(answer.nearestExample == nil)
        }
        #expect(try model.classify(StagedModel.texts.reversed(), threads: threads) == answers.reversed())
        #expect(try model.embed(StagedModel.texts) == whole.embed(StagedModel.texts))
    }

    private func softmax(_ logits: [Float], _ temperature: Double) -> [Float] {
        let weights = logits.map { exp(Double($0) / temperature) }
        return weights.map { Float($0 / weights.reduce(0, +)) }
    }

    /// A value that is used again keeps nothing of the text before: no example after the whole model, none of its shares.
    @Test func aUsedValueIsLikeANewOne() throws {
        let model = try StagedModel().model()
        var classification = Classification()
        for text in StagedModel.texts {
            try model.classify(text, into: &classification)
            #expect(try classification == model.classify(text))
        }
    }

    /// Both the threshold and the limit decide, each with what lies exactly on it.
    @Test func thresholdAndLimitDecide() throws {
        func exits(threshold: Float, limit: Float) throws -> [Classification] {
            let settings = StagedModel.settings {
                $0["threshold"] = .number(Double(threshold))
                $0["out_of_scope_limit"] = .number(Double(limit))
            }
            return try StagedModel(settings).model().classify(StagedModel.texts).filter { $0.stage == .first }
        }
        let all = try exits(threshold: 0, limit: 1)
        #expect(all.count == StagedModel.texts.count)
        let surest = try #require(all.map(\.confidence).max())
        #expect(try !exits(threshold: surest, limit: 1).isEmpty)
        #expect(try exits(threshold: surest.nextUp, limit: 1).isEmpty)
        let shares = all.compactMap(\.outOfScope)
        #expect(shares.count == all.count && Set(shares).count > 5)
        let limit = try #require(shares.filter { $0 > 0 }.min())
        #expect(try exits(threshold: 0, limit: limit).count == shares.count { $0 <= limit })
        #expect(try exits(threshold: 0, limit: limit.nextDown).count == shares.count { $0 < limit })
    }

    /// The last output is the strangeness, of which the head's own scope makes the share.
    @Test func theLastOutputIsTheStrangeness() throws {
        let staged = try StagedModel(StagedModel.settings { $0["threshold"] = 0 })
        try staged.rewriteTensors { tensors in
            let shape = try #require(tensors["first_stage.output.weight"]).shape
            tensors["first_stage.output.weight"] = Tensor([Float](repeating: 0, count: 4 * 20), shape: shape)
            tensors["first_stage.output.bias"] = Tensor([1, 3, 2, -1.5], shape: try TensorShape([4]))
        }
        let answer = try staged.model().classify("pay my bill")
        #expect(answer.stage == .first && answer.logits == [1, 3, 2] && answer.outOfScope == 0.1875)
    }

    @Test func withoutSettingsThereIsNone() throws {
        let staged = try StagedModel(nil)
        let model = try staged.model()
        #expect(!model.usesFirstStage)
        #expect(
            try model.classify(StagedModel.texts)
                == StagedModel().model(usesFirstStage: false).classify(StagedModel.texts)
        )
    }

    @Test(
        arguments: [
            ("threshold", .number(-1), "\"first_stage.threshold\" is -1.0, expected 0 to 1"),
            ("threshold", .number(1.01), "\"first_stage.threshold\" is 1.01"),
            ("threshold", "0.9", "\"first_stage.threshold\" is a string, expected a number"),
            ("threshold", nil, "\"first_stage.threshold\" is nothing, expected a number"),
            ("out_of_scope_limit", .number(1e300), "\"first_stage.out_of_scope_limit\" is 1e+300"),
            ("out_of_scope_limit", nil, "\"first_stage.out_of_scope_limit\" is nothing"),
            ("temperature", 0, "\"first_stage.temperature\" is 0.0, expected more than 0"),
            ("temperature", .number(1e300), "\"first_stage.temperature\" is 1e+300"),
            ("temperature", nil, "\"first_stage.temperature\" is nothing"),
            ("intermediate_size", 20, "\"first_stage\" has \"intermediate_size\", expected temperature, threshold"),
        ] as [(String, JSONValue?, String)]
    )
    func hostileSettings(field: String, value: JSONValue?, reason: String) throws {
        let staged = try StagedModel(StagedModel.settings { $0[field] = value })
        expectFailure(staged, "triage.json", reason)
    }

    @Test func settingsThatAreNoObject() throws {
        expectFailure(try StagedModel(.array([])), "triage.json", "\"first_stage\" holds an array, expected an object")
    }

    @Test func needsAHeadThatKnowsStrangeness() throws {
        let staged = try StagedModel()
        var description = try staged.directory.json("triage.json")
        var head = try #require(description["head"]?.object)
        head["scope"] = nil
        description["head"] = .object(head)
        try staged.directory.write("triage.json", .object(description))
        expectFailure(staged, "triage.json", "has a \"first_stage\", which needs a \"head\" with a \"scope\"")
        description["head"] = nil
        description["labels"] = nil
        try staged.directory.write("triage.json", .object(description))
        expectFailure(staged, "triage.json", "has a \"first_stage\", which needs a \"head\"")
    }

    @Test func tensorsMustBeThereAndFit() throws {
        for part in ["dense.weight", "dense.weight_scale", "dense.bias", "output.weight", "output.bias"] {
            let name = "first_stage.\(part)"
            let missing = try StagedModel()
            try missing.rewriteTensors { $0[name] = nil }
            expectFailure(missing, "head.safetensors.zst", "has no tensor \"\(name)\"")
            let short = try StagedModel()
            try short.rewriteTensors { $0[name] = Tensor([1], shape: try TensorShape([1])) }
            expectFailure(short, "head.safetensors.zst", "tensor \"first_stage.")
            guard part != "dense.weight" else { continue }
            let broken = try StagedModel()
            try broken.rewriteTensors { tensors in
                let tensor = try #require(tensors[name])
                tensors[name] = Tensor([.infinity] + tensor.floats().dropFirst(), shape: tensor.shape)
            }
            expectFailure(broken, "head.safetensors.zst", "tensor \"\(name)\" has values that are not finite")
        }
    }

    private func expectFailure(
        _ staged: StagedModel,
        _ file: String,
        _ reason: String,
        location: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: ModelError.self, sourceLocation: location) { try staged.model() }
        #expect(error?.path == staged.directory.path(file), sourceLocation: location)
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")", sourceLocation: location)
    }

    @Test func goldenVectorsProveBothStages() throws {
        let staged = try StagedModel()
        let before = try staged.model().identity
        try staged.addGoldenVectors()
        let model = try staged.model()
        let golden = try #require(model.files.description?.goldenVectors)
        #expect(Set(golden.map(\.stage)) == [.first, .whole])
        #expect(try model.verify() == .passed(count: golden.count))
        #expect(try staged.model(usesFirstStage: false).verify() == .passed(count: golden.count))
        #expect(model.identity != before)

        try staged.rewriteTensors { tensors in
            let tensor = try #require(tensors["first_stage.output.bias"])
            tensors["first_stage.output.bias"] = Tensor(
                [tensor.floats()[0].nextUp + 1e-3] + tensor.floats().dropFirst(),
                shape: tensor.shape
            )
        }
        #expect(isFailure(try staged.model().verify()))
        #expect(try staged.model().identity != model.identity)
    }

    @Test func goldenVectorsNameTheStage() throws {
        func verification(_ stage: String) throws -> TriageModel.Verification {
            let staged = try StagedModel()
            try staged.addGoldenVectors { vectors in
                let index = try #require(vectors.firstIndex { $0["stage"] == "first" })
                var vector = try #require(vectors[index].object)
                vector["stage"] = .string(stage)
                vectors[index] = .object(vector)
            }
            return try staged.model().verify()
        }
        #expect(!isFailure(try verification("first")))
        #expect(isFailure(try verification("whole")))
        let error = #expect(throws: ModelError.self) { try verification("second") }
        #expect(error?.reason == "\"stage\" is \"second\", expected first or whole")
    }

    private func isFailure(_ verification: TriageModel.Verification) -> Bool {
        if case .failed = verification { true } else { false }
    }
}
