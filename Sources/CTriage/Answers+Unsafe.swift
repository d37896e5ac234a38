internal import CTriageHeader
internal import TriageModel
internal import TriageRouter

extension triage_decision {
    init(_ decision: RouteDecision) {
        self.init()
        generation = UInt64(decision.generation)
        cost = decision.expectation?.cost ?? .nan
        saving = decision.expectation?.saving ?? .nan
        latency_ms = decision.expectation?.milliseconds ?? .nan
        confidence = decision.confidence
        margin = decision.margin
        out_of_scope = decision.outOfScope ?? .nan
        outcome = decision.outcome.code
        token_count = UInt32(clamping: decision.classification.tokenCount)
        if decision.classification.isTruncated { flags |= UInt32(TRIAGE_TRUNCATED) }
        // Of a decision that the model did not make the stage says nothing.
        if decision.classification.stage == .first && !decision.label.isEmpty { flags |= UInt32(TRIAGE_FIRST_STAGE) }
        write(decision.route, to: &route)
        if let name = decision.target { write(name, to: &target) }
        write(decision.label, to: &label)
        if case .rule(let name) = decision.reason { write(name, to: &rule) }
        write(decision.reason.code, to: &reason)
        write(decision.modelIdentity, to: &model_identity)
        write(decision.policyIdentity, to: &policy_identity)
        write(decision.backend, to: &backend)
    }
}

extension RouteDecision.Outcome {
    fileprivate var code: Int32 {
        switch self {
        case .classified: Int32(TRIAGE_CLASSIFIED)
        case .abstained: Int32(TRIAGE_ABSTAINED)
        case .rejected: Int32(TRIAGE_REJECTED)
        case .unavailable: Int32(TRIAGE_UNAVAILABLE)
        }
    }
}

extension triage_counts {
    init(_ counts: OutcomeCounts) {
        self.init()
        classified = UInt64(counts.classified)
        abstained = UInt64(counts.abstained)
        rejected = UInt64(counts.rejected)
        unavailable = UInt64(counts.unavailable)
    }
}

extension triage_info {
    init(_ router: Router) {
        self.init()
        generation = UInt64(router.generation)
        maximum_token_count = UInt32(clamping: router.model.maximumTokenCount)
        label_count = UInt32(clamping: router.model.labels.count)
        write(router.currency, to: &currency)
        write(router.model.identity, to: &model_identity)
        write(router.policyIdentity, to: &policy_identity)
        write(router.model.backend, to: &backend)
        write(router.model.deviceNotice ?? "", to: &device_notice)
    }
}
