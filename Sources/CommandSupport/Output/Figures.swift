/// A share from 0 to 1 as `98.1 %`; other values, which only a faulty or a regression model gives, as they are.
package func percent(_ share: Double) -> String {
    guard share >= 0 && share <= 1 else { return share.description }
    let tenths = Int((share * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
}

/// A bar of block characters, `share` of it filled, in eighths of a character.
package func bar(_ share: Double, width: Int) -> String {
    let eighths = share.isNaN ? 0 : Int((min(1, max(0, share)) * Double(width * 8)).rounded())
    var text = String(repeating: "█", count: eighths / 8)
    if eighths % 8 > 0, let partial = Unicode.Scalar(0x2590 - UInt32(eighths % 8)) {
        text.unicodeScalars.append(partial)
    }
    return text + String(repeating: "·", count: width - text.count)
}

/// A figure for people: three digits that count, `0.321`, `12.3`, and thousands grouped, `3,041`.
package func figure(_ value: Double) -> String {
    let size = value.magnitude
    guard size.isFinite, size < 1e15 else { return value.description }
    guard size >= 0.0005 || size == 0 else { return value.description }
    if size >= 99.95 { return grouped(Int(value.rounded())) }
    let decimals = size < 0.9995 ? 3 : size < 9.995 ? 2 : 1
    let unit = decimals == 3 ? 1000 : decimals == 2 ? 100 : 10
    let scaled = Int((size * Double(unit)).rounded())
    let fraction = String(scaled % unit)
    return (value < 0 ? "-" : "") + "\(scaled / unit)." + String(repeating: "0", count: decimals - fraction.count)
        + fraction
}

/// `1234567` as `1,234,567`.
package func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
        if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
        text.append(digit)
    }
    return text
}

extension String {
    /// Spaces added on the right up to `columns`.
    package func padded(to columns: Int) -> String {
        self + String(repeating: " ", count: max(0, columns - columnCount(of: self)))
    }

    /// Spaces added on the left up to `columns`.
    package func rightAligned(to columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - columnCount(of: self))) + self
    }
}

/// A number of bytes in the unit that gives it two or three digits: `21.4 MB`, a megabyte being a million.
package func byteCount(_ bytes: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(bytes), unit = 0
    while value >= 999.5 && unit < units.count - 1 {
        value /= 1000
        unit += 1
    }
    let tenths = Int((value * 10).rounded())
    return unit == 0 ? "\(bytes) B" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
}
