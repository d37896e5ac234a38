import Synchronization
import TriageModel
import TriageRouter

extension RequestService {
    /// The page that Prometheus reads.
    var metricsPage: String {
        let (state, batches) = metrics.snapshot
        var page = MetricsPage()
        let router = live.current
        page.begin("build_info", "gauge", "What runs; always 1.")
        page.sample(
            "build_info",
            [
                "version": version, "model": router.model.identity, "policy": router.policyIdentity,
                "backend": router.model.backend,
            ],
            1
        )
        page.single("generation", "gauge", "The generation of model and policy that decides.", router.generation)

        page.begin("requests_total", "counter", "Requests answered, by endpoint and status.")
        let requests = state.requests.map { ($0.key.endpoint?.name ?? "none", $0.key.status.rawValue, $0.value) }
        for (endpoint, status, count) in requests.sorted(by: { $0 < $1 }) {
            page.sample("requests_total", ["endpoint": endpoint, "status": String(status)], count)
        }
        decisions(state, router.currency, &page)
        page.begin("confidence", "histogram", "Confidence of the model, by the route that was decided.")
        for (route, distribution) in state.confidence.sorted(by: { $0.key < $1.key }) {
            page.samples("confidence", ["route": route], distribution)
        }
        page.begin("stage_seconds", "histogram", "Where the time of a text goes, and of a whole request.")
        for (stage, distribution) in [
            ("tokenize", state.tokenize), ("queue", state.queue), ("compute", state.compute), ("total", state.total),
        ] {
            page.samples("stage_seconds", ["stage": stage], distribution)
        }
        page.begin("batch_texts", "histogram", "Texts that the model read at once.")
        page.samples("batch_texts", [:], batches.texts)
        page.begin("batch_tokens", "histogram", "Tokens that the model read at once.")
        page.samples("batch_tokens", [:], batches.tokens)

        let load = queue.load
        page.single("queue_texts", "gauge", "Texts that wait for the model.", load.texts)
        page.single("queue_tokens", "gauge", "Tokens of the texts that wait.", load.tokens)
        page.single(
            "requests_in_flight",
            "gauge",
            "Requests that came whole and are not answered yet.",
            inFlight.load(ordering: .relaxed)
        )
        page.single("connections", "gauge", "Open connections.", connections.count)
        page.begin("reloads_total", "counter", "Reloads of model, policy and keys.")
        for result in ServerMetrics.ReloadResult.allCases {
            page.sample("reloads_total", ["result": result.rawValue], state.reloads[result] ?? 0)
        }
        if let report = driftWatch.report { drift(report, &page) }
        return page.text
    }

    private func drift(_ report: DriftReport, _ page: inout MetricsPage) {
        page.single(
            "drift_windows_total",
            "counter",
            "Windows of decisions compared with the reference.",
            report.windows
        )
        page.single("drift_alarms_total", "counter", "Windows unlike the reference.", report.alarms)
        page.single(
            "drift_comparable",
            "gauge",
            "Whether the reference is of this model and policy.",
            report.notComparable == nil ? 1 : 0
        )
        let statistics = report.last?.statistics ?? []
        page.begin("drift_psi", "gauge", "Population stability index of the last window.")
        for statistic in statistics {
            if let psi = statistic.psi { page.sample("drift_psi", ["statistic": statistic.kind.rawValue], psi) }
        }
        page.begin("drift_bound", "gauge", "What the index of the last window must not exceed.")
        for statistic in statistics {
            if let bound = statistic.bound { page.sample("drift_bound", ["statistic": statistic.kind.rawValue], bound) }
        }
    }

    private func decisions(_ state: ServerMetrics.State, _ currency: String, _ page: inout MetricsPage) {
        let decisions = state.decisions.sorted { left, right in
            (left.key.outcome, left.key.route, left.key.reason, left.key.tenant)
                < (right.key.outcome, right.key.route, right.key.reason, right.key.tenant)
        }
        page.begin("decisions_total", "counter", "Texts asked on /v1/triage; one refused request unread counts as one.")
        for (key, count) in decisions {
            page.sample(
                "decisions_total",
                ["outcome": key.outcome, "route": key.route, "reason": key.reason, "tenant": key.tenant],
                count.count
            )
        }
        guard !currency.isEmpty else { return }
        var sums: [String: [String: ServerMetrics.DecisionCount]] = [:]
        for (key, count) in decisions where !key.route.isEmpty {
            sums[key.tenant, default: [:]][key.route, default: .init()].cost += count.cost
            sums[key.tenant, default: [:]][key.route, default: .init()].saving += count.saving
        }
        let rows = sums.sorted { $0.key < $1.key }.flatMap { tenant, routes in
            routes.sorted { $0.key < $1.key }.map { (tenant: tenant, route: $0.key, sum: $0.value) }
        }
        page.begin("expected_cost_total", "counter", "What the handlers are expected to cost.")
        for row in rows {
            let labels: MetricsPage.Labels = ["tenant": row.tenant, "route": row.route, "currency": currency]
            page.sample("expected_cost_total", labels, row.sum.cost)
        }
        // Negative where a route costs more than the baseline, so that it may fall.
        page.begin("expected_saving_total", "gauge", "What the policy's baseline would have cost more.")
        for row in rows {
            let labels: MetricsPage.Labels = ["tenant": row.tenant, "route": row.route, "currency": currency]
            page.sample("expected_saving_total", labels, row.sum.saving)
        }
    }
}
