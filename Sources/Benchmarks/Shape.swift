/// A batch of sequences of equal length.
package struct Shape: Hashable, Sendable, CustomStringConvertible {
    /// Enough for any batch that a gateway collects, and little enough to hold.
    package static let maximumTokens = 1 << 18

    package let sequences: Int
    /// Of each sequence.
    package let tokens: Int

    package var description: String { "\(sequences)x\(tokens)" }

    package init(sequences: Int, tokens: Int) {
        self.sequences = sequences
        self.tokens = tokens
    }

    /// Reads `8x16`.
    package init(parsing text: String) throws(BenchmarkError) {
        let parts = text.split(separator: "x", omittingEmptySubsequences: false)
        guard parts.count == 2, let sequences = Int(parts[0]), let tokens = Int(parts[1]), sequences > 0, tokens > 0
        else {
            throw BenchmarkError("\(text.debugDescription) is no shape: expected sequences x tokens, such as 8x16")
        }
        let (count, overflows) = sequences.multipliedReportingOverflow(by: tokens)
        guard !overflows, count <= Self.maximumTokens else {
            throw BenchmarkError("\(text) is more than \(Self.maximumTokens) tokens in all")
        }
        self.init(sequences: sequences, tokens: tokens)
    }
}

/// Why a benchmark cannot be run or compared, as a sentence.
package struct BenchmarkError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// The elements of a list such as `1x8,32x16`, none of them twice.
package func list<Element: Hashable>(
    _ text: String,
    _ element: (String) throws(BenchmarkError) -> Element
) throws(BenchmarkError) -> [Element] {
    let maximumCount = 100
    var elements: [Element] = []
    for part in text.split(separator: ",", maxSplits: maximumCount, omittingEmptySubsequences: false) {
        let value = try element(String(part))
        guard !elements.contains(value) else { throw BenchmarkError("\(part) is named twice") }
        elements.append(value)
    }
    guard elements.count <= maximumCount else { throw BenchmarkError("names more than \(maximumCount)") }
    return elements
}
