/// How well routes are told apart.
package struct RouteFigures: Sendable, Equatable {
    /// Of the traffic, in percent, what may be sent to a route.
    package static let budgets = [5, 10, 15, 20, 30]

    /// Share of the rows with a known route whose most probable label leads there.
    package let accuracy: Figure
    package let macroF1: Figure
    /// Share of the rows with a known route that are sent there, abstention and fallback included.
    package let sentRight: Figure
    package let routes: [ClassFigures]
    package let confusion: ConfusionMatrix
    /// By route and budget: the share of a route's rows found among that percentage of all rows, those to which the model
    /// gives the route the greatest probability.
    package let recallAt: [[Figure]]

    /// Nil where the model names no routes.
    init?(_ rows: EvaluationRows) {
        let names = rows.space.routes
        guard !names.isEmpty else { return nil }
        confusion = ConfusionMatrix(names, expected: rows.expectedRoute, given: rows.givenRoute)
        routes = confusion.figures
        accuracy = confusion.accuracy
        macroF1 = ConfusionMatrix.macroF1(routes)
        let known = rows.expectedRoute.indices.filter { rows.expectedRoute[$0] >= 0 }
        let right = known.lazy.filter { rows.expectedRoute[$0] == rows.sentRoute[$0] }.count
        sentRight = Figure(Double(right), over: Double(known.count), else: "no row has a known route")
        recallAt = names.indices.map { Self.recall(of: $0, rows) }
    }

    /// Equal probabilities come in any order: what is to be expected.
    private static func recall(of route: Int, _ rows: EvaluationRows) -> [Figure] {
        let count = rows.space.routes.count
        let probabilities = (0..<rows.count).map { rows.routeProbabilities[$0 * count + route] }
        let order = probabilities.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
        let wanted = rows.expectedRoute.lazy.filter { $0 == route }.count
        return budgets.map { budget in
            let limit = rows.count * budget / 100
            var found = 0.0, start = 0
            while start < limit {
                var end = start, wantedHere = 0
                while end < order.count, probabilities[order[end]] == probabilities[order[start]] {
                    wantedHere += rows.expectedRoute[order[end]] == route ? 1 : 0
                    end += 1
                }
                found += Double(wantedHere) * Double(min(end, limit) - start) / Double(end - start)
                start = end
            }
            return Figure(found, over: Double(wanted), else: "it is right for no row")
        }
    }
}
