import Foundation
import Synchronization
import Testing
import TriageModel

@testable import TriageRouter

@Suite(.enabled(if: DefaultModel.directory != nil, "needs models/triage-en in the package"))
struct LiveRouterTests {
    private let files: RouterFiles

    init() throws {
        files = RouterFiles(model: try #require(DefaultModel.directory))
    }

    @Test func aReloadIsANewGenerationAndCountsGoOn() throws {
        let live = try LiveRouter(files)
        let old = live.current
        let before = live.decide("I lost my card")
        #expect(before.generation == 1)
        let new = try live.reload(files)
        #expect(new.generation == 2 && live.decide("I lost my card").generation == 2)
        // The same model is not loaded twice; the old generation still answers.
        #expect(new.model === old.model && old.decide("I lost my card") == before)
        #expect(live.counts.total == 3)
        var whole = files
        whole.usesFirstStage = false
        #expect(try live.reload(whole).model !== old.model)
        #expect(live.decide("what is the balance of my account").classification.stage == .whole)
    }

    @Test func whatCannotBeLoadedChangesNothing() throws {
        let live = try LiveRouter(files)
        var bad = files
        bad.model = "no such model"
        #expect(throws: RouterError.self) { try live.reload(bad) }
        bad = files
        bad.policy = "no such policy"
        #expect(throws: RouterError.self) { try live.reload(bad) }
        #expect(live.current.generation == 1 && live.decide("I lost my card").outcome == .classified)
    }

    /// In floating point a model is not held to what it gives in integers.
    @Test func floatingPointIsALegitimateWish() throws {
        var inFloat = files
        inFloat.precision = .float32
        #expect(try inFloat.load().decide("I lost my card, please block it").route == "human")
    }

    /// A model whose weights do not give its golden vectors is not taken.
    @Test func aModelMustProveItself() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "live-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(at: URL(filePath: files.model), to: folder)
        let description = folder.appending(path: "triage.json")
        let text = try String(contentsOf: description, encoding: .utf8)
        let changed = text.replacing(/"threshold": 0\.\d+/, with: "\"threshold\": 0.5", maxReplacements: 1)
            .replacing("\"what is the balance of my account\"", with: "\"what is the weather\"")
        #expect(changed != text)
        try changed.write(to: description, atomically: true, encoding: .utf8)
        let live = try LiveRouter(files)
        let error = #expect(throws: RouterError.self) {
            try live.reload(RouterFiles(model: folder.path(percentEncoded: false)))
        }
        #expect(error?.description.contains("does not compute what it should") == true)
        #expect(live.current.generation == 1)
    }
}
