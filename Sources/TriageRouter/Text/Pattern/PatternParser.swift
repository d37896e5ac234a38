/// A recursive-descent parser of regular expressions. What is not regular, or means nothing where only whether a text
/// matches is asked, is an error that names the construct and its character, from 1.
struct PatternParser {
    let limits: PatternLimits
    let scalars: [Unicode.Scalar]
    var position = 0
    private var depth = 0

    static func parse(_ source: String, limits: PatternLimits) throws(PatternError) -> PatternNode {
        let count = source.utf8.count
        guard count <= limits.sourceBytes else {
            throw PatternError(reason: "the pattern has \(count) bytes, more than \(limits.sourceBytes)")
        }
        var parser = PatternParser(limits: limits, scalars: Array(source.unicodeScalars))
        if let control = parser.scalars.firstIndex(where: { $0.properties.generalCategory == .control }) {
            throw parser.error("a control character; write it as an escape", at: control)
        }
        let node = try parser.alternation()
        if parser.current == ")" { throw parser.error("')' without '('; write \\) for the character") }
        return node
    }

    private init(limits: PatternLimits, scalars: [Unicode.Scalar]) {
        self.limits = limits
        self.scalars = scalars
    }

    func error(_ reason: String, at index: Int? = nil) -> PatternError {
        PatternError(reason: "the pattern has at character \((index ?? position) + 1) \(reason)")
    }

    var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    mutating func consume(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        position += 1
        return true
    }

    private mutating func alternation() throws(PatternError) -> PatternNode {
        var branches = [try concatenation()]
        while consume("|") { branches.append(try concatenation()) }
        return branches.count == 1 ? branches[0] : .alternation(branches)
    }

    private mutating func concatenation() throws(PatternError) -> PatternNode {
        var items: [PatternNode] = []
        while let scalar = current, scalar != "|", scalar != ")" { items.append(try repeated()) }
        return items.isEmpty ? .empty : items.count == 1 ? items[0] : .concatenation(items)
    }

    private mutating func repeated() throws(PatternError) -> PatternNode {
        let start = position
        let atom = try atom()
        guard let counts = try counts() else { return atom }
        if case .assertion = atom { throw error("an anchor or boundary, which cannot be repeated", at: start) }
        switch current {
        case "?":
            throw error("a lazy repetition, which makes no difference to whether a text matches; drop the '?'")
        case "+": throw error("a possessive repetition, which is not supported; drop the '+'")
        case "*", "{": throw error("a repetition of a repetition; put the first into ( )")
        default: return .repetition(atom, minimum: counts.minimum, maximum: counts.maximum)
        }
    }

    /// Reads a quantifier, if there is one.
    private mutating func counts() throws(PatternError) -> (minimum: Int, maximum: Int?)? {
        if consume("*") { return (0, nil) }
        if consume("+") { return (1, nil) }
        if consume("?") { return (0, 1) }
        let start = position
        guard consume("{") else { return nil }
        let malformed = error("'{' without a count such as {3}, {2,} or {2,5}; write \\{ for the character", at: start)
        guard let minimum = number() else { throw malformed }
        var maximum: Int? = minimum
        if consume(",") { maximum = number() }
        guard consume("}") else { throw malformed }
        if max(minimum, maximum ?? 0) > limits.repetition {
            throw error("a repetition of more than \(limits.repetition) times", at: start)
        }
        if let maximum, maximum < minimum {
            throw error("a repetition whose counts are the wrong way around", at: start)
        }
        if maximum == 0 { throw error("a repetition of no times", at: start) }
        return (minimum, maximum)
    }

    /// Digits; what does not fit is very large.
    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = current, ("0"..."9").contains(scalar) {
            value = min((value ?? 0) * 10 + Int(scalar.value - 0x30), 1_000_000)
            position += 1
        }
        return value
    }

    private mutating func atom() throws(PatternError) -> PatternNode {
        let start = position
        guard let scalar = current else { return .empty }
        switch scalar {
        case "(": return try group()
        case "[": return .set(try characterClass())
        case "\\": return try escape()
        case "*", "+", "?", "{": throw error("'\(scalar)' with nothing to repeat; write \\\(scalar) for the character")
        case "]", "}": throw error("'\(scalar)' without its opening; write \\\(scalar) for the character")
        default: break
        }
        position = start + 1
        switch scalar {
        case ".": return .set(.anyCharacter)
        case "^": return .assertion(.start)
        case "$": return .assertion(.end)
        default: return .set(ScalarSet([scalar.value...scalar.value]).lowercased)
        }
    }

    private mutating func group() throws(PatternError) -> PatternNode {
        let start = position
        position += 1
        if consume("?") { try refuseUnlessPlain(start) }
        depth += 1
        guard depth <= limits.nesting else {
            throw error("a group nested deeper than \(limits.nesting) levels", at: start)
        }
        let node = try alternation()
        depth -= 1
        guard consume(")") else { throw error("'(' that is not closed", at: start) }
        return node
    }

    /// After `(?`: only `:` is a group here.
    private mutating func refuseUnlessPlain(_ start: Int) throws(PatternError) {
        if consume(":") { return }
        let next = position + 1 < scalars.count ? scalars[position + 1] : nil
        switch current {
        case "=", "!": throw error("a look-ahead, which is not supported", at: start)
        case "<" where next == "=" || next == "!": throw error("a look-behind, which is not supported", at: start)
        case "<", "P", "'": throw error("a named group, which is not supported; write ( )", at: start)
        case ">": throw error("an atomic group, which is not supported; write ( )", at: start)
        case "#": throw error("a comment, which is not supported", at: start)
        case "i" where next == ")" || next == ":":
            throw error("the flag i, which is not needed: ASCII letters match both cases", at: start)
        case let scalar? where scalar == "-" || scalar.properties.isAlphabetic:
            throw error("inline flags, which are not supported", at: start)
        default: throw error("'(?' without ':'; write (?: ) or ( ) for a group", at: start)
        }
    }
}
