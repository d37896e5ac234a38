/// Escapes and classes of characters.
extension PatternParser {
    /// What an escape stands for.
    private enum Escape {
        case scalar(Unicode.Scalar)
        case set(ScalarSet)
        case assertion(PatternNode.Assertion)
    }

    mutating func escape() throws(PatternError) -> PatternNode {
        switch try readEscape() {
        case .scalar(let scalar): .set(ScalarSet([scalar.value...scalar.value]).lowercased)
        case .set(let set): .set(set)
        case .assertion(let assertion): .assertion(assertion)
        }
    }

    private mutating func readEscape() throws(PatternError) -> Escape {
        let start = position
        position += 1
        guard let scalar = current else { throw error("'\\' with nothing after it", at: start) }
        position += 1
        switch scalar {
        case "d": return .set(.digits)
        case "D": return .set(ScalarSet.digits.inverted)
        case "w": return .set(.wordCharacters)
        case "W": return .set(ScalarSet.wordCharacters.inverted)
        case "s": return .set(.whiteSpace)
        case "S": return .set(ScalarSet.whiteSpace.inverted)
        case "b": return .assertion(.wordBoundary)
        case "B": return .assertion(.noWordBoundary)
        case "t": return .scalar("\t")
        case "n": return .scalar("\n")
        case "r": return .scalar("\r")
        case "f": return .scalar("\u{C}")
        case "v": return .scalar("\u{B}")
        case "u": return .scalar(try codePoint(start))
        case "1"..."9", "k", "g": throw error("a back reference, which is not supported", at: start)
        case "p", "P": throw error("a Unicode property, which is not supported; list the ranges in [ ]", at: start)
        case "A", "z", "Z", "G": throw error("the anchor \\\(scalar), which is not supported; write ^ or $", at: start)
        case "Q", "E": throw error("a quotation, which is not supported; write \\ before each character", at: start)
        case "!"..."/", ":"..."@", "["..."`", "{"..."~", " ": return .scalar(scalar)
        default: throw error("the unknown escape \\\(scalar)", at: start)
        }
    }

    /// After `\u`: the code point in braces.
    private mutating func codePoint(_ start: Int) throws(PatternError) -> Unicode.Scalar {
        let malformed = error("an escape that is no code point such as \\u{E9} or \\u{1F600}", at: start)
        guard consume("{") else { throw malformed }
        var digits = ""
        while let scalar = current, scalar.properties.isASCIIHexDigit, digits.utf8.count < 8 {
            digits.unicodeScalars.append(scalar)
            position += 1
        }
        guard consume("}"), let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
            throw malformed
        }
        return scalar
    }

    mutating func characterClass() throws(PatternError) -> ScalarSet {
        let start = position
        position += 1
        let isNegated = consume("^")
        var ranges: [ClosedRange<UInt32>] = []
        let first = position
        while current != "]" {
            guard current != nil else { throw error("'[' that is not closed", at: start) }
            let itemStart = position
            let item = try classItem(isEdge: position == first)
            guard current == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                switch item {
                case .scalar(let scalar): ranges.append(scalar.value...scalar.value)
                case .set(let set): ranges += set.ranges
                case .assertion: throw error("an anchor or boundary in [ ]", at: itemStart)
                }
                continue
            }
            position += 1
            let last = try classItem(isEdge: false)
            guard case .scalar(let lower) = item, case .scalar(let upper) = last else {
                throw error("a range whose end is no single character", at: itemStart)
            }
            guard lower <= upper else { throw error("a range that is the wrong way around", at: itemStart) }
            ranges.append(lower.value...upper.value)
        }
        guard position > first else { throw error("an empty class; write \\] for the character", at: start) }
        position += 1
        let lowercased = ScalarSet(ranges).lowercased
        let set = isNegated ? lowercased.inverted : lowercased
        guard !set.isEmpty else { throw error("a class that no character is in", at: start) }
        return set
    }

    /// One character or escape of a class; `-` stands for itself only at the edges.
    private mutating func classItem(isEdge: Bool) throws(PatternError) -> Escape {
        guard let scalar = current else { throw error("'[' that is not closed") }
        let next = position + 1 < scalars.count ? scalars[position + 1] : nil
        switch scalar {
        case "\\": return try readEscape()
        case "[" where next == ":":
            throw error("a POSIX class, which is not supported; write \\d, \\w, \\s or the ranges")
        case "[": throw error("'[' in a class; write \\[ for the character")
        case "-" where !isEdge && next != nil && next != "]":
            throw error("'-' between two items; write \\- for the character")
        default:
            position += 1
            return .scalar(scalar)
        }
    }
}
