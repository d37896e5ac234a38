import Synchronization

/// Compares the decisions of a service with those on the queries that its model was calibrated for, window after window, and
/// raises an alarm where confidence, strangeness, routes or labels are distributed otherwise.
///
/// Safe to use from many threads at once. Memory does not grow with the number of decisions; ``record(_:)`` takes less than a
/// tenth of a microsecond and allocates nothing, but for the decision that completes a window.
public final class DriftMonitor: Sendable {
    /// What is compared with.
    public let reference: DriftReference
    /// Decisions of a window.
    public let window: Int
    /// How likely a window without any drift raises an alarm, at most, by all statistics together.
    public let falseAlarmRate: Double

    private let distributions: [WatchedDistribution]
    /// Where each bin, or the first of those between edges, lies among the counts.
    private let confidenceStart: Int, outOfScopeStart: Int?
    private let classifiedBins: [String: Int], ambiguousBins: [String: Int]
    private let outOfScopeBins: [String: Int], tooLongBins: [String: Int]
    private let otherRoute: Int
    private let labelBins: [String: Int], otherLabel: Int
    /// Of the reference, which is too large to be taken in hand for each decision.
    private let modelIdentity: String, policyIdentity: String, usesFirstStage: Bool
    private let confidenceEdges: [Float], outOfScopeEdges: [Float]
    private let state: Mutex<State>

    private struct State {
        /// Of the running window, all distributions one after the other.
        var counts: [Int]
        var running = 0
        var start = 0
        var decisions = 0
        var incomparable = 0
        var windows = 0
        var alarms = 0
        var last: DriftReport.Window?
        var notComparable: String?
    }

    /// Windows hold `window` decisions, at least 1; each raises an alarm with a probability of at most `falseAlarmRate` where there
    /// is no drift, if queries are independent of one another.
    public init(reference: DriftReference, window: Int = 500, falseAlarmRate: Double = 1e-3) {
        self.reference = reference
        self.window = max(1, window)
        self.falseAlarmRate = min(max(falseAlarmRate, 1e-12), 0.5)
        let watched = DriftReport.Statistic.Kind.allCases.count - (reference.outOfScope == nil ? 1 : 0)
        // Bonferroni: whatever the statistics have to do with one another.
        let share = self.falseAlarmRate / Double(watched)
        var distributions: [WatchedDistribution] = []
        var start = 0
        func watch(_ kind: DriftReport.Statistic.Kind, _ bins: [String], _ counts: [Int]) -> Int {
            distributions.append(WatchedDistribution(kind, bins: bins, reference: counts, falseAlarmRate: share))
            defer { start += counts.count }
            return start
        }
        confidenceStart = watch(.confidence, reference.confidence.names, reference.confidence.counts)
        outOfScopeStart = reference.outOfScope.map { watch(.outOfScope, $0.names, $0.counts) }
        let routes = Self.pooled(reference.routes, window: self.window)
        let routesStart = watch(.routes, routes.items.map(\.name) + ["other"], routes.counts)
        func bins(_ kind: DriftReference.DriftRoute.Kind) -> [String: Int] {
            let bins = routes.items.enumerated().filter { $1.kind == kind }.map { ($1.route, routesStart + $0) }
            return Dictionary(uniqueKeysWithValues: bins)
        }
        (classifiedBins, ambiguousBins) = (bins(.classified), bins(.ambiguous))
        (outOfScopeBins, tooLongBins) = (bins(.outOfScope), bins(.tooLong))
        let labels = Self.pooled(reference.labels, window: self.window)
        let labelsStart = watch(.labels, labels.items + ["other"], labels.counts)
        otherRoute = routesStart + routes.items.count
        labelBins = Dictionary(uniqueKeysWithValues: labels.items.enumerated().map { ($1, labelsStart + $0) })
        otherLabel = labelsStart + labels.items.count
        self.distributions = distributions
        (modelIdentity, policyIdentity) = (reference.modelIdentity, reference.policyIdentity)
        usesFirstStage = reference.usesFirstStage
        (confidenceEdges, outOfScopeEdges) = (reference.confidence.edges, reference.outOfScope?.edges ?? [])
        state = Mutex(State(counts: [Int](repeating: 0, count: start)))
    }

    /// The items of which a window is expected to hold enough to be bins of their own, most frequent first, and the counts of
    /// these and of all others together.
    private static func pooled<Item>(
        _ counts: [DriftReference.Count<Item>],
        window: Int
    ) -> (items: [Item], counts: [Int]) {
        let total = counts.reduce(0) { $0 + $1.count }
        let least = Double(WatchedDistribution.rowsPerBin) * Double(total) / Double(window)
        let own = counts.filter { Double($0.count) >= least }.sorted { $0.count > $1.count }
        let ownCounts = own.map(\.count)
        return (own.map(\.item), ownCounts + [total - ownCounts.reduce(0, +)])
    }

    /// Counts a decision. What a rule decides counts among the routes alone, what was rejected or left without a decision
    /// not at all. A decision by another model or policy than the reference's begins all anew.
    /// - Returns: The window that it completes; nil where it completes none.
    @discardableResult
    public func record(_ decision: RouteDecision) -> DriftReport.Window? {
        guard let kind = DriftReference.DriftRoute.Kind(decision) else { return nil }
        guard isComparable(decision) else {
            refuse(decision)
            return nil
        }
        let route = bin(of: kind, decision.route)
        let isModels = !decision.label.isEmpty
        let label = isModels ? labelBins[decision.label] ?? otherLabel : 0
        let confidence = confidenceStart + Histogram.bin(of: decision.confidence, confidenceEdges)
        var outOfScope: Int?
        if let start = outOfScopeStart, let score = decision.outOfScope {
            outOfScope = start + Histogram.bin(of: score, outOfScopeEdges)
        }
        return state.withLock { state in
            state.notComparable = nil
            state.counts[route] += 1
            if isModels {
                state.counts[label] += 1
                state.counts[confidence] += 1
                if let outOfScope { state.counts[outOfScope] += 1 }
            }
            state.running += 1
            state.decisions += 1
            return state.running == window ? complete(&state) : nil
        }
    }

    /// Everything that grows with the reference, and nothing grows with the decisions.
    var binCount: Int { state.withLock { $0.counts.count } }

    /// What is known now.
    public func report() -> DriftReport {
        let state = state.withLock { $0 }
        return DriftReport(
            reference: reference,
            window: window,
            falseAlarmRate: falseAlarmRate,
            notComparable: state.notComparable,
            decisions: state.decisions,
            incomparable: state.incomparable,
            windows: state.windows,
            alarms: state.alarms,
            last: state.last,
            running: judged(state)
        )
    }

    private func bin(of kind: DriftReference.DriftRoute.Kind, _ route: String) -> Int {
        switch kind {
        case .classified: classifiedBins[route] ?? otherRoute
        case .ambiguous: ambiguousBins[route] ?? otherRoute
        case .outOfScope: outOfScopeBins[route] ?? otherRoute
        case .tooLong: tooLongBins[route] ?? otherRoute
        }
    }

    private func isComparable(_ decision: RouteDecision) -> Bool {
        decision.modelIdentity == modelIdentity && decision.policyIdentity == policyIdentity
            && decision.usesFirstStage == usesFirstStage
    }

    private func refuse(_ decision: RouteDecision) {
        state.withLock { state in
            state.incomparable += 1
            guard state.notComparable == nil else { return }
            state.notComparable = reference.objection(
                model: decision.modelIdentity,
                policy: decision.policyIdentity,
                usesFirstStage: decision.usesFirstStage
            )
            state.last = nil
            begin(&state)
        }
    }

    private func complete(_ state: inout State) -> DriftReport.Window {
        let window = judged(state)
        state.windows += 1
        if window.isAlarm { state.alarms += 1 }
        state.last = window
        begin(&state)
        return window
    }

    private func begin(_ state: inout State) {
        for index in state.counts.indices { state.counts[index] = 0 }
        state.running = 0
        state.start = state.decisions
    }

    private func judged(_ state: State) -> DriftReport.Window {
        var start = 0
        let statistics = distributions.map { distribution in
            defer { start += distribution.bins.count }
            return distribution.statistic(state.counts[start..<start + distribution.bins.count])
        }
        return DriftReport.Window(start: state.start, decisions: state.running, statistics: statistics)
    }
}
