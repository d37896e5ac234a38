import Parallelism

/// Minimises a smooth function by limited-memory BFGS with a backtracking line search (Liu and Nocedal 1989).
struct LBFGS {
    /// Pairs of steps and changes of the gradient that are kept.
    var memory = 6
    var maximumIterations = 50
    /// Ends when a step lowers the value by less than this part of it.
    var tolerance = 1e-6

    /// The place of the minimum. `evaluate` replaces the gradient and returns the value; `progress` may throw to end.
    func minimise(
        from start: [Float],
        progress: () throws -> Void,
        _ evaluate: (_ place: [Float], _ gradient: inout [Float]) -> Double
    ) rethrows -> [Float] {
        var place = start, gradient = [Float](repeating: 0, count: start.count)
        var value = evaluate(place, &gradient)
        var pairs: [(step: [Float], change: [Float], curvature: Double)] = []
        for _ in 0..<maximumIterations {
            try progress()
            var direction = descent(gradient, pairs)
            var slope = dot(direction, gradient)
            if slope >= 0 {
                pairs.removeAll()
                direction = descent(gradient, pairs)
                slope = dot(direction, gradient)
            }
            guard slope < 0 else { break }
            var length: Float = pairs.isEmpty ? Float(min(1, 1 / (-slope).squareRoot())) : 1
            var next = place, nextGradient = gradient, nextValue = value
            var isLower = false
            for _ in 0..<20 {
                next = sum(place, length, direction)
                nextValue = evaluate(next, &nextGradient)
                // Armijo's condition.
                isLower = nextValue <= value + 1e-4 * Double(length) * slope
                if isLower { break }
                length /= 2
            }
            guard isLower else { break }
            let step = sum(next, -1, place), change = sum(nextGradient, -1, gradient)
            let curvature = dot(step, change)
            if curvature > 1e-12 {
                pairs.append((step, change, curvature))
                if pairs.count > memory { pairs.removeFirst() }
            }
            let gain = value - nextValue
            (place, gradient, value) = (next, nextGradient, nextValue)
            if gain <= tolerance * max(1e-12, abs(value)) { break }
        }
        return place
    }

    /// The direction of the two-loop recursion.
    private func descent(
        _ gradient: [Float],
        _ pairs: [(step: [Float], change: [Float], curvature: Double)]
    ) -> [Float] {
        var direction = gradient.map { -$0 }
        var factors: [Double] = []
        for pair in pairs.reversed() {
            let factor = dot(pair.step, direction) / pair.curvature
            factors.append(factor)
            add(&direction, Float(-factor), pair.change)
        }
        if let last = pairs.last {
            let scale = Float(last.curvature / dot(last.change, last.change))
            for index in direction.indices { direction[index] *= scale }
        }
        for (pair, factor) in zip(pairs, factors.reversed()) {
            add(&direction, Float(factor - dot(pair.change, direction) / pair.curvature), pair.step)
        }
        return direction
    }
}

/// The sum of products: by portions of fixed length, so that it does not depend on the number of threads, each as four sums, so
/// that no addition waits for the one before.
func dot(_ a: [Float], _ b: [Float]) -> Double {
    let portion = 1 << 16
    return ThreadPool.shared.map(count: (a.count + portion - 1) / portion) { part in
        var (first, second, third, fourth) = (0.0, 0.0, 0.0, 0.0)
        var index = part * portion
        let end = min(a.count, index + portion)
        while index + 4 <= end {
            first += Double(a[index]) * Double(b[index])
            second += Double(a[index + 1]) * Double(b[index + 1])
            third += Double(a[index + 2]) * Double(b[index + 2])
            fourth += Double(a[index + 3]) * Double(b[index + 3])
            index += 4
        }
        while index < end {
            first += Double(a[index]) * Double(b[index])
            index += 1
        }
        return (first + second) + (third + fourth)
    }.reduce(0, +)
}

private func sum(_ a: [Float], _ factor: Float, _ b: [Float]) -> [Float] {
    var result = a
    add(&result, factor, b)
    return result
}
