import Testing
import TriageModel

@testable import TriageRouter

@Suite(.enabled(if: DefaultModel.directory != nil, "needs models/triage-en in the package"))
struct PolicyRoutingTests {
    private let model: TriageModel
    private let lost = "I lost my card, please block it"
    private let balance = "what is the balance of my account"

    init() throws {
        model = try TriageModel(directory: #require(DefaultModel.directory))
    }

    private func router(_ change: (inout Policy) -> Void = { _ in }) throws -> Router {
        var policy = Policy.sample
        change(&policy)
        return try Router(model: model, policy: policy)
    }

    @Test func labelsLeadToHandlersAndTheirPrices() throws {
        let router = try router()
        let decision = router.decide(balance)
        #expect(decision.outcome == .classified && decision.reason == .confident)
        #expect(decision.route == "script" && decision.target == "faq")
        #expect(decision.expectation == Expectation(cost: 0.25, saving: 1.75, milliseconds: 20))
        #expect(decision.policyIdentity == "sha256:sample" && decision.modelIdentity == model.identity)
        #expect(router.decide(lost).expectation == Expectation(cost: 8, saving: -6, milliseconds: 60_000))
        // What the model says is what it says without a policy.
        #expect(try router.decide(lost).classification == Router(model: model).decide(lost).classification)
    }

    @Test func thresholdsDecideWhatIsAmbiguous() throws {
        let sure = try router().decide(balance)
        // By label, over the threshold of all labels.
        let byLabel = try router {
            $0.general.labels["script"]?.threshold = 1
            $0.general.thresholds.confidence = 0
        }
        let unsure = byLabel.decide(balance)
        #expect(unsure.outcome == .abstained && unsure.label == "script")
        guard case .ambiguous("script", let second) = unsure.reason else {
            Issue.record("\(unsure.reason)")
            return
        }
        // The first of desk and large whose route one of the two labels leads to.
        #expect(unsure.target == (second == "human" ? "desk" : "large"))
        #expect(byLabel.decide(lost).outcome == .classified)
        // The first stage does not answer what the policy wants to be surer of than it is; the whole model may be.
        #expect(sure.classification.stage == .first && unsure.classification.stage == .whole)
        let surer = try router { $0.general.thresholds.confidence = sure.confidence.nextUp }
        #expect(surer.decide(balance).classification == unsure.classification)
        #expect(surer.decide([balance, lost])[0].classification == unsure.classification)
        // By the lead over the next label.
        let byMargin = try router { $0.general.thresholds.margin = 1 }.decide(balance)
        #expect(byMargin.outcome == .abstained)
        #expect(try router { $0.general.thresholds.confidence = 1 }.decide(lost).outcome == .abstained)
    }

    @Test func whatIsStrangeGoesToItsFallback() throws {
        let decision = try router { $0.general.thresholds.outOfScope = 0 }.decide("zxq vlorp wibble 9000 grmf")
        #expect(decision.outcome == .abstained && decision.target == "large")
        guard case .outOfScope = decision.reason else {
            Issue.record("\(decision.reason)")
            return
        }
    }

    /// The model can say nothing of a text of which it knows nothing, however sure it sounds.
    @Test func textsOfWhichNothingIsKnownAreOutOfScope() throws {
        for text in [String(repeating: "a", count: 1_000), "\u{1F9FF} \u{1FAE0}"] {
            #expect(model.tokenize(text).texts.dropFirst().dropLast().allSatisfy { $0 == "[UNK]" })
            for decision in try [
                router().decide(text), router().decide([lost, text])[1], Router(model: model).decide(text),
            ] {
                #expect(decision.outcome == .abstained && decision.reason == .outOfScope(nearest: nil))
                #expect(decision.route == "remote" && decision.label.isEmpty)
            }
            #expect(try router().decide(text + " lost my card").label == "human")
        }
    }

    /// Rules see how long a text is, also where the model would read a part only; what holds nothing to read is not theirs.
    @Test func rulesCountAllTokens() throws {
        let router = try router {
            $0.general.rules = [
                Policy.Rule("long", to: "desk", tokens: 300...10_000), Policy.Rule("short", to: "faq", tokens: 0...2),
            ]
        }
        let words = Array(repeating: "lost", count: 400).joined(separator: " ")
        #expect(router.decide(words).reason == .rule("long"))
        #expect(router.decide([words])[0].reason == .rule("long"))
        #expect(router.decide("").outcome == .rejected && router.decide("\u{1}").outcome == .rejected)
    }

    @Test func longTextsAreNotRead() throws {
        let router = try router { $0.general.maximumTokens = 12 }
        let long = Array(repeating: "lost", count: 11).joined(separator: " ")
        for decision in [router.decide(long), router.decide([lost, long])[1]] {
            #expect(decision.outcome == .abstained && decision.reason == .tooLong && decision.target == "desk")
            #expect(decision.label.isEmpty && decision.scores.isEmpty)
        }
        // Longer than the model reads, and longer than is looked at.
        let words = Array(repeating: "lost", count: 300).joined(separator: " ")
        #expect(try self.router().decide(words).reason == .tooLong)
        #expect(try self.router().decide(String(repeating: "lost ", count: 900)).classification.tokenCount == 0)
        #expect(try Router(model: model).decide(words).classification.isTruncated)
    }

    @Test func rulesComeBeforeTheModelInTheirOrder() throws {
        let router = try router {
            $0.general.rules = [
                Policy.Rule("phone", to: "desk", metadata: ["channel": ["phone", "fax"], "tier": ["gold"]]),
                Policy.Rule("hello", to: "faq", text: .exact(["hello there", "hi"])),
                Policy.Rule("hello again", to: "desk", text: .exact(["hi"])),
                Policy.Rule("one word", to: "large", tokens: 0...3),
                Policy.Rule("acme", to: "large", text: .exact(["what now"]), metadata: ["tenant": ["acme"]]),
            ]
        }
        func rule(_ text: String, _ context: RequestContext = RequestContext()) -> Reason {
            router.decide(text, context).reason
        }
        let hello = router.decide("hi")
        #expect(hello.outcome == .classified && hello.reason == .rule("hello") && hello.target == "faq")
        #expect(hello.label.isEmpty && hello.classification == Classification() && hello.expectation?.saving == 1.75)
        #expect(rule("hi", RequestContext(metadata: ["channel": "fax", "tier": "gold"])) == .rule("phone"))
        #expect(rule("hi", RequestContext(metadata: ["channel": "fax", "tier": "silver"])) == .rule("hello"))
        #expect(rule("hi", RequestContext(metadata: ["channel": "fax"])) == .rule("hello"))
        #expect(rule("balance") == .rule("one word"))
        #expect(rule(balance) == .confident)
        #expect(rule("what now") != .rule("acme"))
        #expect(rule("what now", RequestContext(tenant: "acme")) == .rule("acme"))
    }

    @Test func tenantsHaveTermsOfTheirOwn() throws {
        let router = try router {
            $0.general.rules = [Policy.Rule("hi", to: "faq", text: .exact(["hi"]))]
            var acme = $0.general
            acme.handlers["faq"]?.price = 1
            acme.handlers["acme desk"] = Policy.Handler(name: "acme desk", route: .human, price: 3, latency: 5)
            acme.labels["human"]?.handler = "acme desk"
            acme.rules = [Policy.Rule("own", to: "acme desk", text: .exact(["hey"]))]
            $0.tenants["acme"] = acme
        }
        let acme = RequestContext(tenant: "acme")
        #expect(router.decide(lost, acme).target == "acme desk")
        #expect(router.decide(lost).target == "desk")
        #expect(router.decide(lost, RequestContext(tenant: "nobody")).target == "desk")
        #expect(router.decide("hey", acme).reason == .rule("own"))
        #expect(router.decide("hey").reason != .rule("own"))
        // The general rules come after a tenant's own, at its prices.
        #expect(router.decide("hi", acme).expectation == Expectation(cost: 1, saving: 1, milliseconds: 20))
        #expect(router.decide("hi").expectation?.cost == 0.25)
    }

    @Test func anOverdueQueryHasAFallback() throws {
        let router = try router()
        let late = router.decide(lost, RequestContext(deadline: .now - .seconds(1)))
        #expect(late.outcome == .unavailable && late.reason == .deadlinePassed && late.target == "large")
        #expect(router.decide(lost, RequestContext(deadline: .now + .seconds(3_600))).outcome == .classified)
    }

    @Test func outcomesAddUpToTheCalls() throws {
        let router = try router { $0.general.thresholds.confidence = 1 }
        #expect(router.counts == OutcomeCounts())
        _ = router.decide(["", lost, balance, " "])
        _ = router.decide(lost, RequestContext(deadline: .now - .seconds(1)))
        #expect(router.counts == OutcomeCounts(classified: 0, abstained: 2, rejected: 2, unavailable: 1))
        #expect(router.counts.total == 5)
    }

    @Test func aThousandRulesDecideAsOneByOne() throws {
        var rules: [Policy.Rule] = []
        for number in 0..<1_000 {
            switch number % 4 {
            case 0: rules.append(Policy.Rule("\(number)", to: "faq", text: .exact(["text \(number)"])))
            case 1: rules.append(Policy.Rule("\(number)", to: "desk", metadata: ["key": ["\(number)"]]))
            case 2: rules.append(Policy.Rule("\(number)", to: "desk", text: .prefix(["start \(number) "])))
            default: rules.append(Policy.Rule("\(number)", to: "large", text: .pattern("order \(number)x[0-9]+")))
            }
        }
        let router = try router { $0.general.rules = rules }
        #expect(router.decide("text 400").reason == .rule("400"))
        #expect(router.decide("start 42 now").reason == .rule("42"))
        #expect(router.decide("my order 999x1 please").reason == .rule("999"))
        #expect(router.decide(balance, RequestContext(metadata: ["key": "997"])).reason == .rule("997"))
        #expect(router.decide(balance, RequestContext(metadata: ["key": "996"])).reason == .confident)
    }
}
