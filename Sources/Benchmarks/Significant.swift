import Glibc

/// The value to six digits that count: more would be noise.
func significant(_ value: Double) -> Double {
    guard value.isFinite, value != 0 else { return value }
    let exponent = 5 - log10(value.magnitude).rounded(.down)
    guard exponent.magnitude < 290 else { return value }
    // Powers of ten up to 22 are exact, so that a rounded fraction is the closest to its decimal.
    return exponent >= 0
        ? (value * pow(10, exponent)).rounded() / pow(10, exponent)
        : (value / pow(10, -exponent)).rounded() * pow(10, -exponent)
}
