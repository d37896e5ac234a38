import TriageRouter

extension RequestService {
    /// `POST /v1/triage`.
    func triage(_ request: Request) async throws(RequestError) -> Answer {
        let asked = try TriageRequest(request.body, maximumTexts: limits.texts)
        let tenant = try tenant(asked.tenant, request.holder)
        let context = RequestContext(
            tenant: tenant,
            metadata: asked.metadata,
            deadline: try deadline(of: request)
        )
        do throws(RequestError) {
            try request.holder?.admit(asked.texts.count)
        } catch {
            metrics.countRejected(asked.texts.count, reason: error.code, tenant: label(of: tenant))
            throw error
        }
        let decisions: [RouteDecision]
        do throws(AdmissionError) { decisions = try await queue.decide(asked.texts, context) } catch {
            let refusal = RequestError(error)
            metrics.countRejected(asked.texts.count, reason: refusal.code, tenant: label(of: tenant))
            throw refusal
        }
        metrics.count(decisions, tenant: label(of: tenant))
        driftWatch.record(decisions)
        if let failed = decisions.first(where: { if case .failed = $0.reason { true } else { false } }) {
            warnOfFailure(failed.reason, request.head)
        }
        trace(request, decisions)
        let answer = TriageAnswer(decisions: decisions, request: asked, requestID: request.head.id)
        return Answer(status: answer.status, body: answer.body, fields: answer.fields)
    }

    /// The key's tenant; where it has none, or there are no keys, that of the request.
    private func tenant(_ asked: String?, _ holder: KeyRing.Holder?) throws(RequestError) -> String? {
        guard let own = holder?.key.tenant else { return asked }
        guard asked == nil || asked == own else {
            throw RequestError(.forbidden, "wrong_tenant", "the key does not belong to this tenant")
        }
        return own
    }

    /// As metrics call a tenant.
    private func label(of tenant: String?) -> String {
        guard let tenant else { return "" }
        let isKnown = live.current.hasTerms(of: tenant) || keyRing?.tenants.contains(tenant) == true
        return isKnown ? tenant : "other"
    }
}

extension RequestError {
    init(_ error: AdmissionError) {
        switch error {
        case .overloaded(let retryAfter): self = .busy("overloaded", error.description, retryAfter: retryAfter)
        case .stopping: self = .stopping
        }
    }

    /// Of what does not decide, and has no fallback.
    init(_ error: InferenceError) {
        switch error {
        case .rejected(let error): self.init(error)
        case .failed: self.init(.failedDependency, "inference_failed", "the model failed")
        case .deadlinePassed: self.init(.unavailable, "deadline_passed", "the deadline passed")
        case .cancelled: self.init(.unavailable, "cancelled", "cancelled")
        }
    }
}

extension KeyRing.Holder {
    /// Takes texts from the key's allowance.
    func admit(_ count: Int) throws(RequestError) {
        guard let wait = allowance?.take(count) else { return }
        throw .busy("rate_limited", "the key's rate is used up", retryAfter: wait)
    }
}
