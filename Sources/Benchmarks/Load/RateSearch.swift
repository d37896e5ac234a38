/// The search for the highest rate that a service keeps up with.
enum RateSearch {
    /// Of the rates that hold and do not, when the search ends.
    private static let tolerance = 1.05
    static let lowestRate = 1.0
    static let highestRate = 1e6

    /// The highest rate that holds, by doubling or halving from `first` and then bisection; nil where none does.
    static func highestRate(from first: Double, holds: (Double) throws -> Bool) rethrows -> Double? {
        var held: Double?
        var broke: Double?
        var rate = first
        while held == nil || broke == nil {
            if try holds(rate) { held = rate } else { broke = rate }
            if broke == nil && rate >= highestRate || held == nil && rate <= lowestRate { return held }
            rate = held == nil ? max(lowestRate, rate / 2) : min(highestRate, rate * 2)
        }
        guard var low = held, var high = broke else { return held }
        while high / low > tolerance {
            let middle = (low * high).squareRoot()
            if try holds(middle) { low = middle } else { high = middle }
        }
        return low
    }
}
