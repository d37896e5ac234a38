import Foundation
import StrictJSON
import Testing
import TriageModel
import TriageRouter

@testable import TriageTraining

/// A model trained on a tiny encoder, and when it decides.
@Suite struct TrainedModelTests {
    private final class Folder: Sendable {
        let url = FileManager.default.temporaryDirectory.appending(path: "triage-trained-\(UUID().uuidString)")

        init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false) }

        deinit { try? FileManager.default.removeItem(at: url) }
    }

    /// The encoder without a classifier among the checkpoints of the tests, in 32-bit floats.
    private static let encoder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "TriageModelTests/Fixtures/sentence").path

    private static let data: LabelledData = {
        let texts = [
            "human": ["lost my card", "lost card", "my card lost", "card lost ?", "help lost card", "lost lost card"],
            "script": ["pay my bill", "pay bill", "bill pay", "my bill ?", "pay my bill ?", "help pay bill"],
            "remote": ["weather", "weather ?", "no weather", "help weather", "my weather", "weather weather"],
        ]
        let routes = texts.keys.sorted()
        let rows = routes.flatMap { route in
            (texts[route] ?? []).enumerated().map { row, text in
                LabelledText(text: text, label: "for \(route)", route: route, row: row + 1)
            }
        }
        return LabelledData(
            file: "rows.jsonl",
            digest: "00",
            texts: rows,
            outOfScopeLabel: nil,
            labels: routes.map { LabelDefinition(name: "for \($0)", route: $0) }
        )
    }()

    private let folder: Folder
    private var directory: URL { folder.url.appending(path: "model") }

    init() throws { folder = try Folder() }

    private func train(_ trainer: ModelTrainer = ModelTrainer(threads: 2)) throws -> TrainingReport {
        try trainer.train(Self.data, encoder: ModelFiles(Self.encoder), to: directory.path) { _ in }
    }

    private func router() throws -> Router { try Router(model: TriageModel(directory: directory.path)) }

    /// Writes other settings of when to decide.
    private func decide(_ settings: DecisionSettings?) throws {
        let file = directory.appending(path: "triage.json")
        var json = try #require(try JSONParser.parse([UInt8](Data(contentsOf: file))).object)
        json["decision"] = settings?.json
        try Data(JSONValue.object(json).text().utf8).write(to: file)
    }

    private func settings(_ threshold: Float, _ outOfScope: Float, fallback: Bool = true) -> DecisionSettings {
        DecisionSettings(
            threshold: threshold,
            outOfScopeThreshold: outOfScope,
            ambiguousRoutes: fallback ? ["a person"] : [],
            outOfScopeRoute: fallback ? "a large model" : nil,
            promise: nil
        )
    }

    @Test func decidesAndAbstains() throws {
        var stages: [ModelTrainer.Stage] = []
        let report = try ModelTrainer(threads: 2).train(
            Self.data,
            encoder: ModelFiles(Self.encoder),
            to: directory.path
        ) { if stages.last != $0 { stages.append($0) } }
        #expect(stages == [.embedding(done: 18, of: 18), .choosing, .crossValidating, .fitting, .writing])
        #expect(report.trained == 18 && report.labelCount == 3 && report.outOfScopeAUROC == nil)
        // Of the routes there are a person takes what is ambiguous, the large model what is strange.
        #expect(try router().model.decision?.ambiguousRoutes == ["human", "remote"])
        #expect(try router().model.decision?.outOfScopeRoute == "remote")

        let texts = ["lost my card", "pay my bill", "weather", "help", "my", "zebra booking no money"]
        try decide(nil)
        let always = try router().decide(texts)
        #expect(always.allSatisfy { $0.outcome == .classified && $0.reason == .confident })
        #expect(always[..<3].map(\.route) == ["human", "script", "remote"])

        let unsure = try #require(always.min { $0.confidence < $1.confidence })
        let strange = try #require(always.compactMap(\.outOfScope).max())
        #expect(unsure.confidence < 1 && strange > 0)
        // At the thresholds themselves it decides.
        try decide(settings(unsure.confidence, strange))
        #expect(try router().decide(texts).map(\.outcome) == always.map(\.outcome))

        try decide(settings(unsure.confidence.nextUp, strange))
        for (decision, before) in zip(try router().decide(texts), always) {
            let isUnsure = before.confidence == unsure.confidence
            #expect(decision.outcome == (isUnsure ? .abstained : .classified))
            #expect(decision.route == (isUnsure ? "a person" : before.route))
            let scores = before.scores
            #expect(decision.reason == (isUnsure ? .ambiguous(scores[0].label, scores[1].label) : .confident))
            #expect(decision.label == before.label && decision.confidence == before.confidence)
        }

        // What is strange is strange however sure it is, and named before what is ambiguous.
        try decide(settings(1, strange.nextDown))
        let model = try router().model
        for decision in try router().decide(texts) where decision.outOfScope == strange {
            let nearest = try #require(decision.classification.nearestExample.flatMap { model.example(at: $0) })
            #expect(decision.outcome == .abstained && decision.route == "a large model")
            #expect(decision.reason == .outOfScope(nearest: nearest.text))
            #expect(decision.reason.description == "unlike anything in training (nearest: \(nearest.text))")
        }

        // Without routes to fall back to there is none: never the label's.
        try decide(settings(1, 0, fallback: false))
        for decision in try router().decide(texts) where decision.outcome == .abstained {
            #expect(decision.route.isEmpty && !decision.label.isEmpty)
        }
        // A value that is used again keeps nothing of an abstention.
        try decide(settings(unsure.confidence.nextUp, 1))
        var used = RouteDecision()
        let router = try router()
        for text in texts + texts.reversed() {
            router.decide(text, into: &used)
            #expect(used == router.decide(text))
        }
    }

    @Test func withoutTextsAnExampleHasNoName() throws {
        var trainer = ModelTrainer(threads: 1)
        trainer.carriesTexts = false
        trainer.fallback = FallbackRoutes(ambiguous: "desk")
        _ = try train(trainer)
        try decide(settings(0, 0))
        let decision = try router().decide("zebra booking no money")
        #expect(decision.reason == .outOfScope(nearest: nil) && decision.classification.nearestExample != nil)
        #expect(decision.reason.description == "unlike anything in training")
    }

    @Test func anInterruptedTrainingLeavesNothing() throws {
        struct Stop: Error {}
        for last in [ModelTrainer.Stage.choosing, .crossValidating, .fitting, .writing] {
            #expect(throws: Stop.self) {
                _ = try ModelTrainer(threads: 1).train(
                    Self.data,
                    encoder: ModelFiles(Self.encoder),
                    to: directory.path
                ) { if $0 == last { throw Stop() } }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty, "\(last)")
        }
    }

    @Test(
        arguments: [
            ([], [], ["human", "remote"], "remote"), (["desk", nil], [], ["desk"], "remote"),
            ([], ["a", "b"], ["a"], "b"),
            (["x", nil], ["a", "b"], ["x"], "b"),
        ] as [([String?], [String?], [String], String)]
    )
    func fallbackRoutes(named: [String?], data: [String?], ambiguous: [String], outOfScope: String) {
        func routes(_ pair: [String?]) -> FallbackRoutes {
            pair.isEmpty ? FallbackRoutes() : FallbackRoutes(ambiguous: pair[0], outOfScope: pair[1])
        }
        let labels = ["script", "remote", "human"]
        #expect(routes(named).ambiguousRoutes(routes(data), labels) == ambiguous)
        #expect(routes(named).outOfScopeRoute(routes(data), labels) == outOfScope)
        // Never the cheap path.
        #expect(FallbackRoutes().ambiguousRoutes(FallbackRoutes(), ["script"]).isEmpty)
        #expect(FallbackRoutes().outOfScopeRoute(FallbackRoutes(), ["script"]) == nil)
    }
}
