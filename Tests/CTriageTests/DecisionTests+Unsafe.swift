import CTriageHeader
import Foundation
import Testing
import TriageModel
import TriageRouter

@Suite(.enabled(if: Samples.model != nil, "needs models/triage-en in the package"))
struct DecisionTests {
    private let library: Library
    private let model: String

    init() throws {
        model = try #require(Samples.model)
        library = Library()
        let status = library.open(model)
        try #require(status == TRIAGE_OK)
    }

    @Test func decisionsAreThoseOfTheRouter() throws {
        let router = try Router(model: TriageModel(directory: model))
        for text in ["I lost my card, please block it", "zxqv wqpl mnrt", "", "nul\u{0}inside", "Päckchen 📦"] {
            var ours = Library.emptyDecision()
            #expect(library.decide(Array(text.utf8), into: &ours) == TRIAGE_OK)
            let theirs = router.decide(text)
            #expect(string(&ours.route) == theirs.route && string(&ours.target) == theirs.target ?? "")
            #expect(string(&ours.label) == theirs.label && string(&ours.reason) == theirs.reason.code)
            #expect(string(&ours.model_identity) == theirs.modelIdentity && string(&ours.backend) == theirs.backend)
            #expect(string(&ours.policy_identity).isEmpty && string(&ours.rule).isEmpty)
            #expect(ours.confidence == theirs.confidence && ours.margin == theirs.margin)
            #expect(ours.out_of_scope == theirs.outOfScope || ours.out_of_scope.isNaN && theirs.outOfScope == nil)
            #expect(ours.cost.isNaN && ours.saving.isNaN && ours.latency_ms.isNaN && ours.generation == 1)
            #expect(ours.token_count == theirs.classification.tokenCount)
        }
        #expect(library.counts.reduce(0, +) == 5)
    }

    @Test func aRefusedTextIsNoDecisionAndIsNotCounted() {
        var decision = Library.emptyDecision()
        #expect(library.decide([0x61, 0xC3], into: &decision) == TRIAGE_INVALID_TEXT)
        #expect(library.message == "text is not UTF-8" && decision.outcome == 0)
        for length in [TRIAGE_TEXT_MAXIMUM + 1, .max, -1] {
            #expect(library.decide([0x61], claiming: Int(length), into: &decision) == TRIAGE_INVALID_ARGUMENT)
        }
        #expect(unsafe triage_decide(library.router, nil, 1, nil, &decision, nil) == TRIAGE_INVALID_ARGUMENT)
        #expect(library.counts == [0, 0, 0, 0])
        #expect(unsafe triage_decide(library.router, nil, 0, nil, &decision, nil) == TRIAGE_OK)
        #expect(decision.outcome == TRIAGE_REJECTED && library.counts == [0, 0, 1, 0])
    }

    @Test func onlyWhatBothSidesKnowIsWritten() {
        var decision = Library.emptyDecision()
        decision.struct_size -= 1
        #expect(library.decide([0x61], into: &decision) == TRIAGE_INVALID_ARGUMENT && decision.outcome == 0)
        var larger = (known: Library.emptyDecision(), unknown: UInt64(0xA5A5))
        larger.known.struct_size += 8
        #expect(library.decide([0x61], into: &larger.known) == TRIAGE_OK)
        #expect(larger.unknown == 0xA5A5 && larger.known.struct_size == 800 && larger.known.outcome != 0)
    }

    @Test func manyAreDecidedOnAtTheDistanceOfTheFirst() {
        let size = MemoryLayout<triage_decision>.size
        var decisions = [triage_decision](repeating: Library.emptyDecision(), count: 3)
        decisions[1].struct_size = 0
        let bytes = Array("block my card".utf8CString)
        unsafe bytes.withUnsafeBufferPointer { bytes in
            let good = unsafe triage_text(bytes: bytes.baseAddress, length: bytes.count - 1)
            func decide(_ texts: [triage_text], _ count: Int) -> Int {
                Int(unsafe triage_decide_many(library.router, texts, count, nil, &decisions, 0, &library.error))
            }
            #expect(unsafe decide([good, good], 2) == TRIAGE_OK)
            #expect(decisions[0].confidence == decisions[1].confidence && decisions[1].struct_size == size)
            #expect(decisions[2].outcome == 0)
            #expect(unsafe decide([good, triage_text(bytes: nil, length: 1)], 2) == TRIAGE_INVALID_ARGUMENT)
            #expect(library.message == "texts[1] is NULL")
            for count in [-1, .max, Int(TRIAGE_TEXTS_MAXIMUM) + 1] {
                #expect(unsafe decide([good], count) == TRIAGE_INVALID_ARGUMENT)
            }
            #expect(unsafe decide([], 0) == TRIAGE_OK)
            for size in [size + 4, -8, 1 << 40] {
                decisions[0].struct_size = size
                #expect(unsafe decide([good], 1) == TRIAGE_INVALID_ARGUMENT)
            }
        }
        #expect(library.counts.reduce(0, +) == 2)
    }

    @Test func contextsAreChecked() {
        let channel = Array("channel".utf8CString), broken = [CChar(bitPattern: 0xFF), 0]
        unsafe channel.withUnsafeBufferPointer { channel in
            unsafe broken.withUnsafeBufferPointer { broken in
                let pair = unsafe triage_pair(key: channel.baseAddress, value: channel.baseAddress)
                func status(_ pairs: [triage_pair], count: Int? = nil, tenant: UnsafePointer<CChar>? = nil) -> Int {
                    unsafe pairs.withUnsafeBufferPointer { pairs in
                        var context = unsafe triage_context()
                        unsafe context.struct_size = unsafe MemoryLayout<triage_context>.size
                        unsafe context.metadata = pairs.baseAddress
                        unsafe context.metadata_count = count ?? pairs.count
                        unsafe context.tenant = tenant
                        unsafe context.deadline_ms = .max
                        var decision = Library.emptyDecision()
                        return library.decide([0x61], &context, into: &decision)
                    }
                }
                #expect(unsafe status([pair], tenant: channel.baseAddress) == TRIAGE_OK)
                #expect(unsafe status([pair, pair]) == TRIAGE_INVALID_ARGUMENT)
                #expect(library.message == "context->metadata[1] repeats the key `channel`")
                #expect(unsafe status([triage_pair(key: channel.baseAddress, value: nil)]) == TRIAGE_INVALID_ARGUMENT)
                #expect(unsafe status([pair], tenant: broken.baseAddress) == TRIAGE_INVALID_ARGUMENT)
                #expect(library.message == "context->tenant is not UTF-8")
                #expect(unsafe status([pair], count: 65) == TRIAGE_INVALID_ARGUMENT)
                #expect(unsafe status([pair], count: -1) == TRIAGE_INVALID_ARGUMENT)
            }
        }
        #expect(library.counts.reduce(0, +) == 1)
    }

    @Test func aReloadWithNamesThatDoNotFitChangesNothing() throws {
        let directory = try Samples.model(label: String(repeating: "x", count: 128))
        defer { try? FileManager.default.removeItem(at: directory) }
        #expect(library.reload(directory.path(percentEncoded: false)) == TRIAGE_MODEL_ERROR)
        var info = triage_info()
        info.struct_size = MemoryLayout<triage_info>.size
        #expect(unsafe triage_info_get(library.router, &info, nil) == TRIAGE_OK && info.generation == 1)
        // Those of the last success, and not of the last try.
        #expect(library.reload(nil) == TRIAGE_OK)
        #expect(unsafe triage_info_get(library.router, &info, nil) == TRIAGE_OK && info.generation == 2)
        #expect(info.label_count == 3 && string(&info.currency).isEmpty)
    }
}
