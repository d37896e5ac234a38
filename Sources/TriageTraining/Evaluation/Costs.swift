/// What handling and mistakes cost by route, in one currency whatever it is.
package struct Costs: Sendable, Equatable {
    /// The model's routes, which everything else is in the order of.
    package let routes: [String]
    /// Of handling one query.
    package let prices: [Double]
    /// Milliseconds to handle one query.
    package let latencies: [Double]
    /// `mistakes[right][sent]`: what it costs beyond that if `sent` handles a query whose right route is `right`.
    package let mistakes: [[Double]]

    /// Where a query goes that the model does not decide on: a person if there is one, else the most capable route.
    package var fallback: Int { routes.firstIndex(of: "human") ?? mostCapable }

    /// `remote` if there is one, else the route with the highest price.
    package var mostCapable: Int { routes.firstIndex(of: "remote") ?? byPrice.first ?? 0 }

    /// Routes, the most expensive first.
    var byPrice: [Int] { routes.indices.sorted { (prices[$1], $0) < (prices[$0], $1) } }
}
