import ArgumentParser

/// A share of a whole as people write it: `2%`, `0.02`.
struct Share: ExpressibleByArgument {
    /// 0 to 1.
    let value: Double

    init(_ value: Double) { self.value = value }

    init?(argument: String) {
        let isPercent = argument.hasSuffix("%")
        let digits = isPercent ? String(argument.dropLast()).trimmingSpaces : argument
        guard let number = Double(digits), number.isFinite else { return nil }
        value = isPercent ? number / 100 : number
        guard (0...1).contains(value) else { return nil }
    }

    var defaultValueDescription: String { "\(value * 100)%" }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
