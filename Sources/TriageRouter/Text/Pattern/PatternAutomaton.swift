/// A pattern as a deterministic automaton over bytes that tells whether it matches anywhere in a text: it never steps back.
///
/// A row of `table` holds the next row for each class of bytes and, last, for the end of the text. Whether an anchor or
/// boundary holds depends on the byte before, which a row remembers, and on the next one: it is decided when that is read.
struct PatternAutomaton: Sendable, Equatable {
    /// The row from which nothing can match.
    static let dead: UInt16 = 0
    /// The row that says that the pattern matches, whatever follows.
    static let accepting: UInt16 = 1
    /// The class of each byte.
    let classes: [UInt8]
    let table: [UInt16]
    /// Entries of a row.
    let width: Int
    /// The row to begin with.
    let start: UInt16

    /// - Parameter wholeText: whether the text ends with the bytes; where not, tells whether all that begin with them match.
    func matches(_ bytes: Span<UInt8>, wholeText: Bool = true) -> Bool {
        let classes = classes.span, table = table.span
        var row = start
        var position = 0
        while row > Self.accepting, position < bytes.count {
            row = table[Int(row) * width + Int(classes[Int(bytes[position])])]
            position += 1
        }
        if wholeText, row > Self.accepting { row = table[Int(row) * width + width - 1] }
        return row == Self.accepting
    }

    /// Whether any normalised text matches: one with single spaces, none at the ends, and no other white space.
    var matchesAnyText: Bool {
        let bytes = (UInt8.min...UInt8.max).filter { !NormalizedText.isWhiteSpace($0) }
        let otherClasses = Set(bytes.map { classes[Int($0)] })
        // What was read last: 0 for a space or nothing, 1 for any other byte.
        var seen = [Bool](repeating: false, count: 2 * table.count / width)
        var pending = [(row: start, last: 0)]
        while let (row, last) = pending.popLast() {
            if row == Self.accepting { return true }
            if row == Self.dead || seen[2 * Int(row) + last] { continue }
            seen[2 * Int(row) + last] = true
            let next = table[(Int(row) * width)..<(Int(row) * width + width)]
            if last == 1, next.last == Self.accepting { return true }
            if last == 1 { pending.append((next[next.startIndex + Int(classes[0x20])], 0)) }
            for byteClass in otherClasses { pending.append((next[next.startIndex + Int(byteClass)], 1)) }
        }
        return false
    }
}
