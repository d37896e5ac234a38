import Testing
import TriageModel
import TriageRouter

@Suite(.enabled(if: DefaultModel.directory != nil, "needs models/triage-en in the package"))
struct RouterTests {
    private let router: Router

    init() throws {
        router = try Router(model: TriageModel(directory: #require(DefaultModel.directory)))
    }

    /// Nothing of the decision before stays.
    @Test func aUsedValueIsLikeANewOne() throws {
        var decision = RouteDecision()
        for text in ["I lost my card, please block it", "hi", "explain the theory of relativity in simple words"] {
            router.decide(text, into: &decision)
            #expect(decision == router.decide(text))
            #expect(decision == router.decide([text, "something else", text], threads: 2)[2])
            #expect(decision == router.decide(text, threads: 2))
        }
    }

    @Test func aDecisionSaysWhichStageAnswered() throws {
        let texts = ["what is the balance of my account", "Please cancel my order, I no longer need it."]
        #expect(router.decide(texts).map(\.classification.stage) == [.first, .whole])
        let directory = try #require(DefaultModel.directory)
        let whole = try Router(model: TriageModel(directory: directory, usesFirstStage: false))
        #expect(whole.decide(texts).map(\.classification.stage) == [.whole, .whole])
        #expect(whole.decide(texts).map(\.usesFirstStage) == [false, false])
        #expect(router.decide(texts).map(\.usesFirstStage) == [true, true])
        #expect(router.decide(texts[1]).modelIdentity == router.model.identity)
        #expect(whole.decide(texts)[1].classification.logits == router.decide(texts)[1].classification.logits)
    }

    @Test func marginAndScoresAgree() throws {
        let decision = router.decide("I lost my card, please block it")
        #expect(decision.scores.count == router.model.labels.count)
        #expect(decision.scores[0].label == decision.label && decision.outOfScope != nil)
        #expect(decision.margin == decision.scores[0].probability - decision.scores[1].probability)
        #expect(zip(decision.scores, decision.scores.dropFirst()).allSatisfy { $0.probability >= $1.probability })
    }

    @Test func textsWithoutContentAreRejected() {
        var decision = RouteDecision()
        for text in ["\u{1}\u{2}", ""] {
            router.decide("I lost my card", into: &decision)
            router.decide(text, into: &decision)
            #expect(decision == router.decide(text))
            #expect(decision.outcome == .rejected && decision.reason == .nothingToRead && decision.route.isEmpty)
            #expect(decision.label.isEmpty && decision.confidence == 0 && decision.scores.isEmpty)
            #expect(decision.modelIdentity == router.model.identity)
        }
        #expect(router.decide(["fine", " "]).map(\.outcome) == [.classified, .rejected])
    }
}
