import Parallelism
public import TriageModel

/// Decides who handles a query: a script, a large remote model, or a person.
///
/// ```swift
/// let router = try Router(model: TriageModel(directory: "models/triage-en"), policy: Policy(contentsOf: "triage.yaml"))
/// let decision = router.decide("I lost my card, please block it")
/// ```
///
/// Every call gives a decision with one of four outcomes; nothing is thrown, so that no query is ever without one. Uses no
/// network and no files, and is safe to use from many threads at once.
public struct Router: Sendable {
    /// The model that decides.
    public let model: TriageModel
    /// Of a ``LiveRouter`` the generation, from 1; 0 for a router of its own.
    public let generation: Int
    let policy: BoundPolicy
    let counter: OutcomeCounter
    private let ruleScratch = SparePool { RuleBook.Scratch() }

    /// Routes by the labels of `model`, as its own settings say.
    /// - Throws: `ModelError` where the model has no labels.
    public init(model: TriageModel) throws(ModelError) {
        try Self.checkLabels(model)
        self.init(model, BoundPolicy(model))
    }

    /// Routes by a policy.
    /// - Throws: `RouterError` where the model has no labels, or the policy does not fit them.
    public init(model: TriageModel, policy: Policy) throws(RouterError) {
        do throws(ModelError) { try Self.checkLabels(model) } catch { throw .model(error) }
        do throws(PolicyError) { self.init(model, try BoundPolicy(policy, model)) } catch { throw .policy(error) }
    }

    private init(
        _ model: TriageModel,
        _ policy: BoundPolicy,
        generation: Int = 0,
        counter: OutcomeCounter = OutcomeCounter()
    ) {
        self.model = model
        self.policy = policy
        self.generation = generation
        self.counter = counter
    }

    /// The same router as a generation of a live one, whose counts go on.
    init(_ router: Router, generation: Int, counter: OutcomeCounter) {
        self.init(router.model, router.policy, generation: generation, counter: counter)
    }

    private static func checkLabels(_ model: TriageModel) throws(ModelError) {
        guard !model.labels.isEmpty else {
            throw ModelError(path: model.directory, reason: "only embeds: the model has no labels to route by")
        }
    }

    /// `Policy.identity` of the policy; empty without one.
    public var policyIdentity: String { policy.identity }

    /// The currency of what decisions cost and save; empty without a policy.
    public var currency: String { policy.currency }

    /// The handlers of the policy's general terms, as `route target`; empty without a policy.
    package var handlerNames: [String] { policy.handlerNames }

    /// Whether the policy has terms of its own for this tenant.
    public func hasTerms(of tenant: String) -> Bool { policy.hasTerms(of: tenant) }

    /// How all calls so far ended, those of all generations where there are several.
    public var counts: OutcomeCounts { counter.counts }

    /// Decides on one query. At most `threads` threads work at once: more than one shorten the time of a single query, and
    /// cost more in all.
    public func decide(_ text: String, _ context: RequestContext = RequestContext(), threads: Int = 1) -> RouteDecision
    {
        var decision = RouteDecision()
        decide(text, context, threads: threads, into: &decision)
        return decision
    }

    /// As `decide(_:_:threads:)`, into a value whose storage is used again: after a few calls decisions on ASCII texts
    /// allocate no memory, but for the text of the nearest example where the model abstains from what is out of scope.
    public func decide(
        _ text: String,
        _ context: RequestContext = RequestContext(),
        threads: Int = 1,
        into decision: inout RouteDecision
    ) {
        begin(&decision)
        let plan = policy.plan(of: context.tenant)
        if !isDecidedEarly(text, context, plan, &decision) {
            do throws(ModelError) {
                let reading = try model.classify(
                    text,
                    terms: plan.readingTerms,
                    threads: threads,
                    into: &decision.classification
                )
                conclude(reading, plan, &decision)
            } catch {
                fail(error, plan, &decision)
            }
        }
        counter.count(decision.outcome)
    }

    /// Decides on queries of one context, in order. Each decision is the one the query would get alone (bit for bit in
    /// integers).
    public func decide(
        _ texts: [String],
        _ context: RequestContext = RequestContext(),
        threads: Int = 1
    ) -> [RouteDecision] {
        let plan = policy.plan(of: context.tenant)
        let admitted = ThreadPool.shared.map(count: texts.count, threads: threads) { admit(texts[$0], context) }
        let waiting = admitted.indices.filter { admitted[$0].text != nil }
        var decisions = admitted.map(\.decision)
        let answers = Result { () throws(ModelError) in
            try classify(waiting.compactMap { admitted[$0].text }, threads: threads)
        }
        for (order, index) in waiting.enumerated() {
            complete(answers.map { $0[order] }, plan, &decisions[index])
        }
        for index in decisions.indices { counter.count(decisions[index].outcome) }
        return decisions
    }
}

/// Why a router cannot be made.
public enum RouterError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The model cannot be loaded, or has no labels.
    case model(ModelError)
    /// The policy cannot be read, or does not fit the model.
    case policy(PolicyError)
    /// The system gives no more threads; `code` is an `errno` value.
    case threads(code: Int32)

    /// What is wrong, and where.
    public var description: String {
        switch self {
        case .model(let error): error.description
        case .policy(let error): error.description
        case .threads(let code): "no threads: the system answers with error \(code)"
        }
    }
}

// MARK: The steps of a decision

extension Router {
    /// A query that the model is still to be asked about, where `text` is not nil; else the decision is made.
    struct Admitted: Sendable {
        var decision: RouteDecision
        var text: EncodedText?
    }

    /// All steps before the model.
    func admit(_ text: String, _ context: RequestContext) -> Admitted {
        var decision = RouteDecision()
        begin(&decision)
        let plan = policy.plan(of: context.tenant)
        if isDecidedEarly(text, context, plan, &decision) { return Admitted(decision: decision) }
        let encoded = model.encode(text)
        let reading = model.reading(of: encoded, terms: plan.readingTerms)
        guard reading == .classified else {
            conclude(reading, plan, &decision)
            return Admitted(decision: decision)
        }
        return Admitted(decision: decision, text: encoded)
    }

    /// Asks the model.
    func classify(_ texts: [EncodedText], threads: Int) throws(ModelError) -> [Classification] {
        // The same for all tenants.
        let minimum = policy.plan(of: nil).readingTerms.minimumConfidence
        return try model.classify(texts, minimumConfidence: minimum, threads: threads)
    }

    /// Completes the decision on an admitted query.
    func complete(_ answer: Result<Classification, ModelError>, _ plan: Plan, _ decision: inout RouteDecision) {
        switch answer {
        case .success(let classification):
            decision.classification = classification
            conclude(.classified, plan, &decision)
        case .failure(let error): fail(error, plan, &decision)
        }
    }

    /// Makes this the decision on an accepted query that there is no time for, or no caller.
    func giveUp(_ reason: Reason, _ plan: Plan, _ decision: inout RouteDecision) {
        decision.outcome = .unavailable
        decision.reason = reason
        decision.send(to: plan.unavailable)
    }

    private func begin(_ decision: inout RouteDecision) {
        decision.clear()
        decision.modelIdentity = model.identity
        decision.policyIdentity = policy.identity
        decision.currency = policy.currency
        decision.generation = generation
        decision.backend = model.backend
        decision.usesFirstStage = model.usesFirstStage
        decision.labels = model.labels
    }

    /// Decides without the model where that can be done.
    private func isDecidedEarly(
        _ text: String,
        _ context: RequestContext,
        _ plan: Plan,
        _ decision: inout RouteDecision
    ) -> Bool {
        if context.isOverdue {
            giveUp(.deadlinePassed, plan, &decision)
            return true
        }
        if text.utf8.count > plan.maximumBytes {
            conclude(.tooLong, plan, &decision)
            return true
        }
        guard let rules = policy.rules, let rule = first(rules, plan, text, context) else { return false }
        decision.outcome = .classified
        decision.reason = .rule(policy.ruleNames[rule])
        decision.send(to: plan.destinations[policy.ruleHandlers[rule]] ?? .nowhere)
        return true
    }

    private func first(_ book: RuleBook, _ plan: Plan, _ text: String, _ context: RequestContext) -> Int? {
        ruleScratch.withObject { scratch in
            book.begin(scratch)
            for list in plan.rules {
                let rule = book.first(
                    in: list,
                    text,
                    context,
                    tokenCount: {
                        let count = model.tokenCount(of: text)
                        return count > model.emptyTokenCount ? count : nil
                    },
                    scratch
                )
                if let rule { return rule }
            }
            return nil
        }
    }

    private func fail(_ error: ModelError, _ plan: Plan, _ decision: inout RouteDecision) {
        decision.classification.clear()
        giveUp(.failed(error.description), plan, &decision)
    }

    /// Fills in what follows from the classification.
    private func conclude(_ reading: Reading, _ plan: Plan, _ decision: inout RouteDecision) {
        switch reading {
        case .empty:
            (decision.outcome, decision.reason) = (.rejected, .nothingToRead)
            return
        case .unknown:
            (decision.outcome, decision.reason) = (.abstained, .outOfScope(nearest: nil))
            decision.send(to: plan.outOfScope)
            return
        case .tooLong:
            (decision.outcome, decision.reason) = (.abstained, .tooLong)
            decision.send(to: plan.tooLong)
            return
        case .classified: break
        }
        decision.backend = decision.classification.backend
        let probabilities = decision.classification.probabilities
        let (best, second) = Self.likeliest(probabilities)
        decision.label = model.labels[best].name
        decision.confidence = decision.classification.confidence
        decision.outOfScope = decision.classification.outOfScope
        decision.margin = probabilities[best] - (second.map { probabilities[$0] } ?? 0)
        if let outOfScope = decision.outOfScope, outOfScope > plan.outOfScopeLimit {
            let nearest = decision.classification.nearestExample.flatMap { model.example(at: $0) }
            (decision.outcome, decision.reason) = (.abstained, .outOfScope(nearest: nearest?.text))
            decision.send(to: plan.outOfScope)
        } else if decision.confidence < plan.labels[best].threshold || decision.margin < plan.margin {
            let route = plan.labels[best].destination.route, next = plan.labels[second ?? best].destination.route
            decision.outcome = .abstained
            decision.reason = .ambiguous(model.labels[best].name, model.labels[second ?? best].name)
            decision.send(
                to: plan.ambiguous.first { $0.route == route || $0.route == next } ?? plan.ambiguous.last ?? .nowhere
            )
        } else {
            (decision.outcome, decision.reason) = (.classified, .confident)
            decision.send(to: plan.labels[best].destination)
        }
    }

    /// The index of the greatest probability and of the next. Of equal ones the first counts, so that a tie is decided the
    /// same way everywhere.
    private static func likeliest(_ probabilities: [Float]) -> (best: Int, second: Int?) {
        var best = 0
        var second: Int?
        for index in probabilities.indices.dropFirst() {
            if probabilities[index] > probabilities[best] {
                (best, second) = (index, best)
            } else if second.map({ probabilities[index] > probabilities[$0] }) ?? true {
                second = index
            }
        }
        return (best, second)
    }
}

extension RouteDecision {
    mutating func send(to destination: Destination) {
        route = destination.route
        target = destination.target
        expectation = destination.expectation
    }
}
