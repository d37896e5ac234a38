import Glibc

/// The chi-square distribution, computed exactly up to rounding: for whole degrees of freedom its upper tail is a finite sum
/// (Abramowitz and Stegun 1964, 26.4.4 and 26.4.5).
enum ChiSquare {
    /// The probability of more than `value`, with `degrees` ≥ 1 degrees of freedom.
    static func upperTail(_ value: Double, degrees: Int) -> Double {
        guard value > 0 else { return 1 }
        let half = value / 2, isOdd = !degrees.isMultiple(of: 2)
        // Terms as logarithms, so that none overflows: e^-h h^a / Γ(a + 1) for a = 0, 1, … or ½, 1½, …
        var exponent = isOdd ? 0.5 : 0
        var logarithm = isOdd ? 0.5 * log(half) - half - log(Double.pi.squareRoot() / 2) : -half
        var tail = isOdd ? erfc(half.squareRoot()) : 0
        while exponent < Double(degrees) / 2 {
            tail += exp(logarithm)
            exponent += 1
            logarithm += log(half / exponent)
        }
        return min(1, tail)
    }

    /// The value that is exceeded with `probability`, which lies between 0 and 1; 0 without degrees of freedom.
    static func quantile(exceededWith probability: Double, degrees: Int) -> Double {
        guard degrees > 0 else { return 0 }
        var low = 0.0, high = Double(degrees)
        while upperTail(high, degrees: degrees) > probability { (low, high) = (high, 2 * high) }
        // Halved until the bounds are neighbours, or nearly.
        for _ in 0..<64 {
            let middle = (low + high) / 2
            if upperTail(middle, degrees: degrees) > probability { low = middle } else { high = middle }
        }
        return high
    }
}
