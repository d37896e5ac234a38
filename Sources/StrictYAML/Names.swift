/// Why `name` cannot name anything: names are compared exactly and printed on one line.
package func nameDefect(_ name: String, maximumBytes: Int = .max) -> String? {
    guard let first = name.unicodeScalars.first, let last = name.unicodeScalars.last else { return "is empty" }
    if name.utf8.count > maximumBytes { return "has \(name.utf8.count) bytes, the limit is \(maximumBytes)" }
    if first.properties.isWhitespace || last.properties.isWhitespace { return "begins or ends with white space" }
    if name.unicodeScalars.contains(where: \.isControl) { return "contains a control character" }
    return nil
}

extension Unicode.Scalar {
    /// Whether it moves the cursor, changes the terminal's state or the order of the letters.
    var isControl: Bool {
        switch value {
        case 0..<0x20, 0x7F: true
        case 0x20..<0x7F: false
        // A joiner makes one emoji of several.
        case 0x200D: false
        default:
            switch properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
    }
}

/// The end of a message about an unknown name: `; did you mean …?`, or nothing where none of `known` is near.
package func suggestion(for name: String, among known: some Sequence<String>) -> String {
    let letters = Array(name.unicodeScalars.prefix(maximumLength + 1))
    guard letters.count <= maximumLength else { return "" }
    var nearest: (name: String, distance: Int)?
    for candidate in known {
        let limit = min(max(1, letters.count / 3), (nearest?.distance ?? .max) - 1)
        // The first in alphabetical order of those that are equally near, whatever order a dictionary has.
        let ties = nearest.map { candidate < $0.name } ?? false
        guard let distance = distance(letters, Array(candidate.unicodeScalars), atMost: ties ? limit + 1 : limit)
        else { continue }
        nearest = (candidate, distance)
    }
    return nearest.map { "; did you mean `\($0.name)`?" } ?? ""
}

/// Longer names get no suggestion: it would cost the product of the lengths.
private let maximumLength = 64

/// How many letters must be put in, taken out, replaced or swapped with their neighbour to make one of the other (optimal string
/// alignment); nil for more than `limit`.
private func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], atMost limit: Int) -> Int? {
    guard limit >= 0, abs(left.count - right.count) <= limit else { return nil }
    var previous: [Int] = [], row = Array(0...right.count)
    for (i, letter) in left.enumerated() {
        var next = [i + 1]
        for (j, other) in right.enumerated() {
            var cost = min(next[j] + 1, row[j + 1] + 1, row[j] + (letter == other ? 0 : 1))
            if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other { cost = min(cost, previous[j - 1] + 1) }
            next.append(cost)
        }
        // Later rows have nothing smaller.
        guard next.contains(where: { $0 <= limit }) else { return nil }
        (previous, row) = (row, next)
    }
    return row[right.count] <= limit ? row[right.count] : nil
}
