/// What a way to spread queries over routes costs, a query.
package struct PolicyCost: Sendable, Equatable {
    package let name: String
    /// Prices of handling.
    package let handling: Double
    /// Prices of mistakes.
    package let mistakes: Double
    /// Mean milliseconds to handle a query; that of the model itself, well under one, is left out.
    package let latency: Double
    /// Share of the queries that go where they belong.
    package let rightShare: Double
    /// Share of the queries by route.
    package let shares: [Double]

    package var total: Double { handling + mistakes }

    /// `counts[right][sent]`, of at least one query in all.
    init(_ name: String, _ counts: [[Double]], _ costs: Costs) {
        self.name = name
        let all = counts.reduce(0) { $0 + $1.reduce(0, +) }
        var handling = 0.0, mistakes = 0.0, latency = 0.0, right = 0.0
        var shares = [Double](repeating: 0, count: costs.routes.count)
        for (wanted, row) in counts.enumerated() {
            for (sent, count) in row.enumerated() {
                handling += count * costs.prices[sent]
                latency += count * costs.latencies[sent]
                mistakes += count * costs.mistakes[wanted][sent]
                shares[sent] += count / all
                right += wanted == sent ? count : 0
            }
        }
        (self.handling, self.mistakes, self.latency) = (handling / all, mistakes / all, latency / all)
        rightShare = right / all
        self.shares = shares
    }
}

/// What the model's decisions cost, beside what other ways to spread the same queries would.
package struct CostFigures: Sendable, Equatable {
    /// The model's answers where its confidence reaches a threshold, the fallback for the others.
    package struct Point: Sendable, Equatable {
        /// Nil where no query is confident enough.
        package let threshold: Double?
        /// Share of the queries that the model decides on.
        package let coverage: Double
        /// A query.
        package let cost: Double
        package let rightShare: Double
    }

    private static let pointCount = 100

    package let costs: Costs
    package let model: PolicyCost
    package let baselines: [PolicyCost]
    /// By falling threshold.
    package let curve: [Point]

    /// The point of the curve that costs least; of equals the one with the highest threshold.
    package var cheapest: Point? { curve.min { $0.cost < $1.cost } }

    /// What the model saves beside a baseline, as a share of what that costs; nil where that costs nothing.
    package func saving(beside baseline: PolicyCost) -> Double? {
        baseline.total > 0 ? 1 - model.total / baseline.total : nil
    }

    /// The right route of a row without a known one is the fallback, and there goes what the model sends nowhere.
    /// `rows` are of a model with the routes of `costs`, and at least one.
    package init(_ rows: EvaluationRows, _ costs: Costs) {
        self.costs = costs
        let fallback = costs.fallback
        let right = rows.expectedRoute.map { $0 < 0 ? fallback : Int($0) }
        let sent = rows.sentRoute.map { $0 < 0 ? fallback : Int($0) }
        let tally = Tally(right: right, routes: costs.routes.count)
        model = PolicyCost("model", tally.counts(sent: sent), costs)
        var baselines = [tally.always(costs.mostCapable, costs)]
        if costs.fallback != costs.mostCapable { baselines.append(tally.always(costs.fallback, costs)) }
        let longest = Self.longestFirst(rows, sent: sent, costs)
        baselines.append(PolicyCost("longest first", tally.counts(sent: longest), costs))
        baselines.append(PolicyCost("random", tally.counts(shares: model.shares), costs))
        baselines.append(PolicyCost("oracle", tally.counts(sent: right), costs))
        self.baselines = baselines
        curve = Self.curve(rows, right: right, tally, costs)
    }

    /// As many queries to each route as the model sends there, the longest to the most expensive.
    private static func longestFirst(_ rows: EvaluationRows, sent: [Int], _ costs: Costs) -> [Int] {
        let order = (0..<rows.count).sorted { (rows.wordCounts[$1], $0) < (rows.wordCounts[$0], $1) }
        var result = sent
        var position = 0
        for route in costs.byPrice {
            let count = sent.lazy.filter { $0 == route }.count
            for row in order[position..<position + count] { result[row] = route }
            position += count
        }
        return result
    }

    private static func curve(_ rows: EvaluationRows, right: [Int], _ tally: Tally, _ costs: Costs) -> [Point] {
        let confidence = rows.decisionConfidence
        let order = (0..<rows.count).filter { rows.givenRoute[$0] >= 0 }
            .sorted { (confidence[$1], $0) < (confidence[$0], $1) }
        var counts = tally.counts(sent: [Int](repeating: costs.fallback, count: rows.count))
        var points: [Point] = []
        func add(_ threshold: Double?, answered: Int) {
            let policy = PolicyCost("", counts, costs)
            points.append(
                Point(
                    threshold: threshold,
                    coverage: Double(answered) / Double(rows.count),
                    cost: policy.total,
                    rightShare: policy.rightShare
                )
            )
        }
        add(nil, answered: 0)
        var shown = 0
        for (position, row) in order.enumerated() {
            counts[right[row]][costs.fallback] -= 1
            counts[right[row]][Int(rows.givenRoute[row])] += 1
            let isLast = position + 1 == order.count
            guard isLast || confidence[order[position + 1]] != confidence[row] else { continue }
            let place = (position + 1) * pointCount / order.count
            guard isLast || place > shown else { continue }
            shown = place
            add(Double(confidence[row]), answered: position + 1)
        }
        return points
    }
}

/// Queries by their right route.
private struct Tally {
    let right: [Int]
    let routes: Int

    func counts(sent: [Int]) -> [[Double]] {
        var counts = [[Double]](repeating: [Double](repeating: 0, count: routes), count: routes)
        for (right, sent) in zip(right, sent) { counts[right][sent] += 1 }
        return counts
    }

    /// What is to be expected when routes are drawn with the given shares, whatever the query.
    func counts(shares: [Double]) -> [[Double]] {
        var totals = [Double](repeating: 0, count: routes)
        for right in right { totals[right] += 1 }
        return totals.map { total in shares.map { total * $0 } }
    }

    func always(_ route: Int, _ costs: Costs) -> PolicyCost {
        PolicyCost(
            "always \(costs.routes[route])",
            counts(sent: [Int](repeating: route, count: right.count)),
            costs
        )
    }
}
