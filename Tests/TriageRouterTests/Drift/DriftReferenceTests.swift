import CommandSupport
import Foundation
import StrictJSON
import Testing
import TriageModel

@testable import TriageRouter

@Suite struct DriftReferenceTests {
    private static let file = Array(DriftReference.sample.json.text(pretty: true).utf8)

    private func read(_ text: String) throws -> DriftReference {
        try DriftReference(Array(text.utf8), path: "drift.json")
    }

    @Test func aFileSaysWhatWasWritten() throws {
        let reference = try DriftReference(Self.file, path: "drift.json")
        #expect(reference == .sample && reference.rows == 1_000)
    }

    @Test(arguments: [
        (#""format": 1"#, #""format": 2"#, "format"),
        (#""first_stage": false"#, #""first_stage": 0"#, "first_stage"),
        (#""data": "dev.jsonl""#, #""data": null"#, "data"),
        (#""rows": 1000"#, #""rows": 999"#, "rows"),
        (#""rows": 1000"#, #""rows": 1000, "extra": 1"#, #""extra" is unknown"#),
        (#""policy": "","#, "", #""policy" is missing"#),
        ("0.8", "1.5", "confidence.edges"),
        ("0.8", "0.8, 0.8", "confidence.edges"),
        ("0.8", "", "confidence.counts"),
        ("[500, 500]", "[500, 499]", "confidence"),
        ("[500, 500]", "[-1, 1001]", "confidence.counts"),
        ("[500, 500]", "[500.5, 499.5]", "confidence.counts"),
        (#""label": "b""#, #""label": "a""#, "each label once"),
        (#""route": "b""#, #""route": "a""#, "each route once"),
        (#""outcome": "classified""#, #""outcome": "rejected""#, "routes.outcome"),
        (#""count": 100"#, #""count": 0"#, "labels.count"),
        (#""count": 100"#, #""count": 9223372036854775807"#, "labels.count"),
        (#""format": 1"#, #""format": 1, "format": 1"#, "not valid JSON"),
    ])
    func whatIsNotAsItMustBeIsSaid(old: String, new: String, reason: String) throws {
        let text = String(decoding: Self.file, as: UTF8.self)
        let place = try #require(text.range(of: old))
        let error = #expect(throws: DriftError.self) { try read(text.replacingCharacters(in: place, with: new)) }
        #expect(
            error?.description.hasPrefix("drift.json: ") == true && error?.reason.contains(reason) == true,
            "\(error!)"
        )
    }

    @Test func aFileThatIsNotThereIsNamed() {
        let error = #expect(throws: DriftError.self) { try DriftReference(contentsOf: "/nonexistent/drift.json") }
        #expect(error?.path == "/nonexistent/drift.json")
    }

    /// Files with bytes changed, taken out, repeated or put in give a reference that a monitor can use, or an error.
    @Test func damagedFilesDoNotTrap() {
        var random = SplitMix64(seed: 3)
        let tokens = Array("{}[]\",:.-+eE019 truefalsn\\\u{0}é".utf8) + [0xFF]
        var accepted = 0, refused = 0
        for _ in 0..<3_000 {
            var bytes = Self.file
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                let end = min(bytes.count, place + Int.random(in: 1..<8, using: &random))
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.removeSubrange(place..<end)
                case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
                case 2: bytes.insert(tokens.randomElement(using: &random) ?? 0, at: place)
                default: bytes[place] = tokens.randomElement(using: &random) ?? 0
                }
                if bytes.isEmpty { bytes = [0] }
            }
            do throws(DriftError) {
                let reference = try DriftReference(bytes, path: "drift.json")
                let monitor = DriftMonitor(reference: reference, window: 20)
                for index in 0..<20 {
                    var decision = DriftReference.alike(index)
                    decision.modelIdentity = reference.modelIdentity
                    (decision.policyIdentity, decision.usesFirstStage) = (
                        reference.policyIdentity, reference.usesFirstStage
                    )
                    monitor.record(decision)
                }
                let psis = monitor.report().last?.statistics.compactMap(\.psi) ?? [.nan]
                #expect(monitor.report().windows == 1 && psis.allSatisfy(\.isFinite))
                accepted += 1
            } catch {
                refused += 1
            }
        }
        #expect(accepted > 0 && refused > accepted)
    }

    @Test func aFileIsBounded() throws {
        let labels = (0..<400_000).map { ("a label of a long name \($0)", 1) }
        let bytes = Array(DriftReference.sample(labels: labels).json.text().utf8)
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(bytes).write(to: file)
        let error = #expect(throws: DriftError.self) {
            try DriftReference(contentsOf: file.path(percentEncoded: false))
        }
        #expect(error?.reason.contains("the limit is") == true)
    }
}

/// The model that the package ships and the reference beside it.
@Suite(.enabled(if: DefaultModel.directory != nil, "needs models/triage-en in the package"))
struct ShippedDriftReferenceTests {
    @Test func theModelAndItsReferenceBelongTogether() throws {
        let directory = try #require(DefaultModel.directory)
        let router = try Router(model: TriageModel(directory: directory))
        let reference = try DriftReference(contentsOf: "\(directory)/\(DriftReference.fileName)")
        #expect(reference.objection(to: router) == nil && reference.outOfScope != nil)
        let whole = try Router(model: TriageModel(directory: directory, usesFirstStage: false))
        #expect(reference.objection(to: whole) != nil)
    }

    @Test func aReferenceOfDecisionsIsWhatTheyWere() throws {
        let router = try Router(model: TriageModel(directory: #require(DefaultModel.directory)))
        var counter = DriftCounter(router: router, data: "texts")
        let decisions = router.decide((0..<150).map { "question number \($0)" } + [" "])
        for decision in decisions { counter.count(decision) }
        let reference = try counter.reference()
        #expect(reference.rows == 150 && reference.confidence.counts.reduce(0, +) == 150)
        #expect(try DriftReference(Array(reference.json.text().utf8), path: "") == reference)
        let monitor = DriftMonitor(reference: reference, window: 150)
        for decision in decisions { monitor.record(decision) }
        #expect(monitor.report().windows == 1 && monitor.report().alarms == 0)
        let psis = monitor.report().last?.statistics.compactMap(\.psi) ?? []
        #expect(psis.count == 4 && psis.allSatisfy { abs($0) < 1e-12 })
    }

    @Test func tooFewQueriesMakeNoReference() throws {
        let router = try Router(model: TriageModel(directory: #require(DefaultModel.directory)))
        var counter = DriftCounter(router: router, data: "few.txt")
        for decision in router.decide(["hi", "what is my balance"]) { counter.count(decision) }
        let error = #expect(throws: DriftError.self) { try counter.reference() }
        #expect(error?.description.hasPrefix("few.txt: the model decides on 2 of its queries") == true)
    }
}
