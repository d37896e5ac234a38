import Glibc

func naturalLogarithm(_ x: Float) -> Float { logf(x) }

/// e to the power of x for a loop over many: a polynomial of degree 6 after range reduction, within 3e-7 of the value.
@inline(__always)
func fastExponential(_ x: Float) -> Float {
    let x = max(-80, min(80, x))
    let magic: Float = 12_582_912  // 1.5 * 2^23: adding it rounds to an integer in the low bits.
    let shifted = x * 1.4426950408889634 + magic
    let exponent = shifted - magic
    let rest = (x - exponent * 0.693359375) + exponent * 2.12194440e-4
    var sum: Float = 1.0 / 720
    sum = sum * rest + 1.0 / 120
    sum = sum * rest + 1.0 / 24
    sum = sum * rest + 1.0 / 6
    sum = sum * rest + 0.5
    sum = sum * rest + 1
    sum = sum * rest + 1
    let power = (shifted.bitPattern &- magic.bitPattern &+ 127) << 23
    return sum * Float(bitPattern: power)
}

/// The greatest error rate that `wrong` errors among `count` independent trials leave possible: a rate above it gives so few
/// with a probability below `risk` (Clopper and Pearson 1934).
package func upperBound(wrong: Int, of count: Int, risk: Double) -> Double {
    guard wrong < count else { return 1 }
    var low = Double(wrong) / Double(count), high = 1.0
    for _ in 0..<60 {
        let middle = (low + high) / 2
        if probability(ofAtMost: wrong, of: count, rate: middle) > risk { low = middle } else { high = middle }
    }
    return high
}

/// P(X ≤ k) of the binomial distribution; 0 < rate < 1.
private func probability(ofAtMost k: Int, of n: Int, rate: Double) -> Double {
    let n = Double(n), top = Double(k)
    let choose = lgamma(n + 1) - lgamma(top + 1) - lgamma(n - top + 1)
    var term = exp(choose + top * log(rate) + (n - top) * log1p(-rate))
    var sum = term
    for i in stride(from: k, to: 0, by: -1) {
        term *= Double(i) / (n - Double(i) + 1) * (1 - rate) / rate
        sum += term
        if term < sum * 1e-17 { break }
    }
    return min(1, sum)
}

func exponential(_ x: Double) -> Double { exp(x) }

func logarithm(_ x: Double) -> Double { log(x) }
