/// How many values lie between edges that were chosen from a sample of them, so that about as many lie in each bin.
struct Histogram: Sendable, Equatable {
    static let binCount = 10
    /// Of the sample, for a bin: fewer values give fewer bins.
    private static let minimumMass = 20

    /// Ascending, none twice; a bin starts at each but the first, which has no lower end.
    let edges: [Float]
    /// By bin: one more than edges.
    let counts: [Int]

    init(edges: [Float], counts: [Int]) {
        (self.edges, self.counts) = (edges, counts)
    }

    init(of values: [Float]) {
        let sorted = values.sorted()
        let binCount = max(1, min(Self.binCount, values.count / Self.minimumMass))
        var edges: [Float] = []
        for bin in 1..<max(2, binCount) where binCount > 1 {
            // Values that occur often make bins of their own, and edges coincide.
            let edge = sorted[bin * sorted.count / binCount]
            if edge > edges.last ?? sorted[0] { edges.append(edge) }
        }
        self.edges = edges
        var counts = [Int](repeating: 0, count: edges.count + 1)
        for value in values { counts[Self.bin(of: value, edges)] += 1 }
        self.counts = counts
    }

    static func bin(of value: Float, _ edges: [Float]) -> Int {
        var bin = 0
        for edge in edges where value >= edge { bin += 1 }
        return bin
    }

    /// What people call the bins.
    var names: [String] {
        guard let first = edges.first, let last = edges.last else { return ["all"] }
        return ["below \(first)"] + zip(edges, edges.dropFirst()).map { "\($0) to \($1)" } + ["from \(last)"]
    }
}
