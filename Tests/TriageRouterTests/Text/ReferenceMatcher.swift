@testable import TriageRouter

/// Matches a parsed pattern in the plainest way: by the set of all positions where each part may end.
struct ReferenceMatcher {
    private let scalars: [Unicode.Scalar]

    /// - Parameter text: as normalised.
    static func matches(_ node: PatternNode, _ text: String) -> Bool {
        let matcher = ReferenceMatcher(scalars: Array(text.unicodeScalars))
        return !matcher.ends(of: node, from: Set(0...matcher.scalars.count)).isEmpty
    }

    private func ends(of node: PatternNode, from starts: Set<Int>) -> Set<Int> {
        switch node {
        case .empty: return starts
        case .set(let set):
            return Set(starts.filter { $0 < scalars.count && set.contains(scalars[$0]) }.map { $0 + 1 })
        case .assertion(let assertion): return starts.filter { holds(assertion, at: $0) }
        case .concatenation(let items): return items.reduce(starts) { ends(of: $1, from: $0) }
        case .alternation(let branches):
            return branches.reduce(into: []) { $0.formUnion(ends(of: $1, from: starts)) }
        case .repetition(let body, let minimum, let maximum):
            var current = (0..<minimum).reduce(starts) { current, _ in ends(of: body, from: current) }
            var found = current
            // More rounds than there are positions find nothing new.
            for _ in 0..<min(maximum.map { $0 - minimum } ?? .max, scalars.count + 1) {
                current = ends(of: body, from: current)
                found.formUnion(current)
            }
            return found
        }
    }

    private func holds(_ assertion: PatternNode.Assertion, at position: Int) -> Bool {
        func isWord(_ index: Int) -> Bool {
            scalars.indices.contains(index) && ScalarSet.wordCharacters.contains(scalars[index])
        }
        return switch assertion {
        case .start: position == 0
        case .end: position == scalars.count
        case .wordBoundary: isWord(position - 1) != isWord(position)
        case .noWordBoundary: isWord(position - 1) == isWord(position)
        }
    }
}
