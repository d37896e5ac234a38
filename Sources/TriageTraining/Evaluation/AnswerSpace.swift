import CommandSupport
package import TriageModel

/// The answers that a model can give, and which of them a data set asks for.
package struct AnswerSpace: Sendable, Equatable {
    /// What rows are labelled with.
    package enum Basis: String, Sendable {
        case label
        /// The data's labels are not the model's labels but its routes.
        case route
    }

    package let basis: Basis
    /// The model's labels in its order.
    package let labels: [String]
    /// The model's routes: those of its labels in the order of the first label of each, then those that only abstention
    /// leads to. Empty where its labels have none.
    package let routes: [String]
    /// The route of each label, as an index of `routes`; empty where there are none.
    package let routeOfLabel: [Int]

    /// What rows are told apart by: labels, or routes where the data is labelled with those.
    package var classes: [String] { basis == .label ? labels : routes }

    /// The class of each label.
    package var classOfLabel: [Int] { basis == .label ? Array(labels.indices) : routeOfLabel }

    /// `fallbacks`: the routes that the model abstains to.
    /// - Throws: `EvaluationError` where the data has labels or routes that the model does not know.
    package init(
        model labels: [Label],
        fallbacks: [String] = [],
        data: LabelledData
    ) throws(EvaluationError) {
        self.labels = labels.map(\.name)
        let names = labels.map { $0.route ?? $0.name }
        let hasRoutes = labels.contains { $0.route != nil }
        var routes: [String] = []
        for name in names + fallbacks where hasRoutes && !routes.contains(name) { routes.append(name) }
        self.routes = routes
        routeOfLabel = hasRoutes ? names.map { name in routes.firstIndex(of: name) ?? 0 } : []

        let wanted = Set(data.texts.lazy.filter { !data.isOutOfScope($0) }.map(\.label))
        let unknown = wanted.subtracting(self.labels)
        basis = unknown.isEmpty || !wanted.isSubset(of: routes) ? .label : .route
        if basis == .label, !unknown.isEmpty {
            throw EvaluationError(
                """
                \(data.file): \(unknown.count == 1 ? "the label" : "the labels") \(Self.list(unknown)) \
                \(unknown.count == 1 ? "is" : "are") not among the model's: \(Self.list(self.labels)); \
                --out-of-scope names the label of texts that belong to none
                """
            )
        }
        let unknownRoutes = Set(data.texts.lazy.compactMap(\.route)).subtracting(routes)
        if hasRoutes, !unknownRoutes.isEmpty {
            throw EvaluationError(
                """
                \(data.file): \(unknownRoutes.count == 1 ? "the route" : "the routes") \(Self.list(unknownRoutes)) \
                \(unknownRoutes.count == 1 ? "is" : "are") not among the model's: \(Self.list(routes))
                """
            )
        }
    }

    /// The names in quotes, at most ten of them.
    private static func list(_ names: some Collection<String>) -> String {
        let shown = names.sorted().prefix(10).map { visible(String($0.prefix(80))).debugDescription }
        return shown.joined(separator: ", ") + (names.count > 10 ? " and \(names.count - 10) more" : "")
    }
}
