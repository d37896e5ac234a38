import Synchronization
import Testing
import TriageModel

@testable import TriageRouter

@Suite(.enabled(if: DefaultModel.directory != nil, "needs models/triage-en in the package"))
struct DecisionQueueTests {
    private let router: LiveRouter
    private let texts = (0..<200).map { "please send parcel number \($0) to my new address" } + ["hi", "", "weather?"]

    init() throws {
        let model = try TriageModel(directory: #require(DefaultModel.directory))
        router = LiveRouter(try Router(model: model, policy: .sample))
    }

    @Test func decisionsAreThoseOfTheRouter() async throws {
        let queue = try DecisionQueue(router)
        let alone = texts.map { router.decide($0) }
        var together = try await queue.decide(texts)
        #expect(together.allSatisfy { $0.timings != nil })
        for index in together.indices { together[index].timings = nil }
        let isSame = together == alone
        #expect(isSame)
        let apart = try await withThrowingTaskGroup(of: (Int, RouteDecision).self) { group in
            for (index, text) in texts.enumerated() { group.addTask { (index, try await queue.decide(text)) } }
            return try await group.reduce(into: [Int: RouteDecision]()) { $0[$1.0] = $1.1 }
        }
        for (index, decision) in apart {
            var decision = decision
            decision.timings = nil
            let isSame = decision == alone[index]
            #expect(isSame, "\(texts[index])")
        }
        #expect(router.counts.total == 3 * texts.count)
        #expect(queue.load == DecisionQueue.Load(texts: 0, tokens: 0, wait: .zero))
    }

    @Test func batchesKeepToTheirTokens() async throws {
        let batches = Batches()
        let limits = DecisionQueue.Limits(threads: 1, batchTokens: 64)
        let queue = try DecisionQueue(router, limits: limits) { batch in batches.all.withLock { $0.append(batch) } }
        let decisions = try await queue.decide(texts)
        let found = batches.all.withLock { $0 }
        #expect(found.allSatisfy { $0.tokens <= 64 || $0.texts == 1 } && found.contains { $0.texts > 1 })
        #expect(found.reduce(0) { $0 + $1.texts } == decisions.count { $0.classification.tokenCount > 2 })
    }

    @Test func aFullLineIsSaidAtOnce() async throws {
        let limits = DecisionQueue.Limits(threads: 1, batchTokens: 1, waitingTokens: 40, waitingTexts: 100)
        let queue = try DecisionQueue(router, limits: limits)
        let waits = await withTaskGroup(of: Duration?.self) { group in
            for text in texts.prefix(200) {
                group.addTask {
                    do throws(AdmissionError) {
                        _ = try await queue.decide(text)
                        return nil
                    } catch {
                        guard case .overloaded(let retryAfter) = error else { return .zero }
                        return retryAfter
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let rejected = waits.compactMap(\.self)
        #expect(waits.count == 200 && !rejected.isEmpty && rejected.count < 200)
        #expect(rejected.allSatisfy { $0 > .zero })
        #expect(router.counts.rejected == rejected.count && router.counts.total == 200)
        // What is larger than the whole line is still answered when nobody else waits.
        #expect(try await queue.decide(Array(texts.prefix(50))).count == 50)
    }

    @Test func whoGivesUpGetsTheFallback() async throws {
        let queue = try DecisionQueue(router, limits: DecisionQueue.Limits(threads: 1, batchTokens: 1))
        let task = Task { try await queue.decide(texts) }
        task.cancel()
        let decisions = try await task.value
        let cancelled = decisions.filter { $0.reason == .cancelled }
        #expect(!cancelled.isEmpty && cancelled.allSatisfy { $0.outcome == .unavailable && $0.target == "large" })
        #expect(router.counts.total == texts.count && router.counts.unavailable == cancelled.count)
    }

    @Test func deadlinesHoldInTheLine() async throws {
        let queue = try DecisionQueue(router, limits: DecisionQueue.Limits(threads: 1, batchTokens: 1))
        let late = try await queue.decide("what is my balance", RequestContext(deadline: .now - .seconds(1)))
        #expect(late.reason == .deadlinePassed && late.outcome == .unavailable && late.target == "large")
        // Far more than a millisecond of work.
        let many = (0..<20).flatMap { _ in texts.prefix(200) }
        let decisions = try await queue.decide(many, RequestContext(deadline: .now + .milliseconds(20)))
        #expect(decisions.contains { $0.reason == .deadlinePassed })
        #expect(decisions.allSatisfy { $0.outcome != .unavailable || $0.target == "large" })
    }

    @Test func drainingAnswersWhatWaits() async throws {
        let queue = try DecisionQueue(router, limits: DecisionQueue.Limits(threads: 1, batchTokens: 1))
        async let decisions = queue.decide(texts)
        while queue.load.texts == 0 && router.counts.total == 0 { await Task.yield() }
        await queue.drain()
        #expect(try await decisions.count == texts.count)
        await #expect(throws: AdmissionError.stopping) { try await queue.decide("too late") }
        await #expect(throws: InferenceError.rejected(.stopping)) { try await queue.embed(["too late"]) }
        #expect(router.counts.total == texts.count + 1)
    }

    @Test func embeddingsAreThoseOfTheModel() async throws {
        let queue = try DecisionQueue(router)
        async let decisions = queue.decide(texts)
        let embeddings = try await queue.embed(Array(texts.prefix(40)))
        #expect(try embeddings == router.current.model.embed(Array(texts.prefix(40))))
        #expect(try await decisions.count == texts.count)
    }
}

private final class Batches: Sendable {
    let all = Mutex<[DecisionQueue.Batch]>([])
}
