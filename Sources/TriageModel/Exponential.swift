extension Calibration {
    /// e to the power of x by range reduction and a Taylor series, within 2 units in the last place; arguments are
    /// clamped to ±700. Written out because the C library's differs between machines, and decisions must not.
    static func exponential(_ x: Double) -> Double {
        let x = max(-700, min(700, x))
        let exponent = (x * 1.4426950408889634).rounded(.toNearestOrEven)
        // ln 2 in two parts: the first has trailing zeros, so that its product with the exponent is exact.
        let rest = (x - exponent * 0x1.62e42fee00000p-1) - exponent * 0x1.a39ef35793c76p-33
        var sum = 1.0
        for term in stride(from: 14.0, through: 1.0, by: -1) { sum = 1 + sum * rest / term }
        return Double(sign: .plus, exponent: Int(exponent), significand: sum)
    }

    /// The natural logarithm of a positive number: of the significand by the series of the inverse hyperbolic tangent, within
    /// 4 units in the last place; for the same reason.
    static func logarithm(_ x: Double) -> Double {
        var significand = x.significand, exponent = Double(x.exponent)
        if significand > 1.4142135623730951 {
            significand /= 2
            exponent += 1
        }
        let z = (significand - 1) / (significand + 1), square = z * z
        var sum = 0.0
        for term in stride(from: 23.0, through: 1.0, by: -2) { sum = sum * square + 1 / term }
        return exponent * 0x1.62e42fee00000p-1 + (2 * z * sum + exponent * 0x1.a39ef35793c76p-33)
    }
}
