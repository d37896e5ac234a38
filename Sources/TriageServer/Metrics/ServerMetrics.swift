import Synchronization
import TriageRouter

/// What the server counts. Every number is kept under one of two locks, held for well under a microsecond: one for what
/// requests change, one for what the model's threads do.
final class ServerMetrics: Sendable {
    /// What a decision is counted by.
    struct DecisionKey: Hashable, Sendable {
        var outcome: String
        var route: String
        var reason: String
        /// One that the policy or the keys name, `other`, or empty: callers must not be able to make new ones.
        var tenant: String
    }

    struct DecisionCount: Sendable {
        var count = 0
        /// Sums of what is expected, in the policy's currency.
        var cost = 0.0, saving = 0.0
    }

    struct RequestKey: Hashable, Sendable {
        var endpoint: Endpoint?
        var status: Answer.Status
    }

    enum ReloadResult: String, CaseIterable, Sendable { case loaded, failed }

    struct State: Sendable {
        var requests: [RequestKey: Int] = [:]
        var decisions: [DecisionKey: DecisionCount] = [:]
        /// By route.
        var confidence: [String: Distribution] = [:]
        /// Of texts.
        var tokenize = Distribution(Distribution.durations)
        var queue = Distribution(Distribution.durations)
        var compute = Distribution(Distribution.durations)
        /// Of requests that ask the model.
        var total = Distribution(Distribution.durations)
        var reloads: [ReloadResult: Int] = [:]
    }

    struct Batches: Sendable {
        var texts = Distribution(Distribution.sizes)
        var tokens = Distribution(Distribution.sizes)
    }

    private let state = Mutex(State())
    private let batches = Mutex(Batches())

    var snapshot: (state: State, batches: Batches) { (state.withLock { $0 }, batches.withLock { $0 }) }

    func count(_ status: Answer.Status, on endpoint: Endpoint?, duration: Double?) {
        state.withLock { state in
            state.requests[RequestKey(endpoint: endpoint, status: status), default: 0] += 1
            if let duration { state.total.record(duration) }
        }
    }

    /// `tenant`: as ``DecisionKey`` has it.
    func count(_ decisions: [RouteDecision], tenant: String) {
        state.withLock { state in
            for decision in decisions {
                let key = DecisionKey(
                    outcome: decision.outcome.rawValue,
                    route: decision.route,
                    reason: decision.reason.code,
                    tenant: tenant
                )
                var count = state.decisions[key] ?? DecisionCount()
                count.count += 1
                count.cost += decision.expectation?.cost ?? 0
                count.saving += decision.expectation?.saving ?? 0
                state.decisions[key] = count
                if !decision.label.isEmpty {
                    state.confidence[decision.route, default: Distribution(Distribution.shares)]
                        .record(Double(decision.confidence))
                }
                guard let timings = decision.timings else { continue }
                state.tokenize.record(timings.tokenize / .seconds(1))
                guard timings.compute > .zero else { continue }
                state.queue.record(timings.queue / .seconds(1))
                state.compute.record(timings.compute / .seconds(1))
            }
        }
    }

    /// Texts that were refused, and never decided on.
    func countRejected(_ count: Int, reason: String, tenant: String) {
        let key = DecisionKey(
            outcome: RouteDecision.Outcome.rejected.rawValue,
            route: "",
            reason: reason,
            tenant: tenant
        )
        state.withLock { $0.decisions[key, default: DecisionCount()].count += count }
    }

    func count(_ result: ReloadResult) { state.withLock { $0.reloads[result, default: 0] += 1 } }

    func record(_ batch: DecisionQueue.Batch) {
        batches.withLock { batches in
            batches.texts.record(Double(batch.texts))
            batches.tokens.record(Double(batch.tokens))
        }
    }
}
