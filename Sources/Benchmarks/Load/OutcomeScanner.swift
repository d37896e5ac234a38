/// What a service says of one text in the member `outcome` of its answer.
enum ServiceOutcome: String, CaseIterable {
    case classified, abstained, rejected, unavailable
}

/// Finds the first `"outcome":"…"` in a body that comes in pieces, without keeping the body.
struct OutcomeScanner {
    private static let key = Array("\"outcome\":\"".utf8)
    /// Where `"outcome"` has come and no colon follows, its last quotation mark may begin the key anew.
    private static let lengthUpToSecondQuote = 9
    private static let longestValue = ServiceOutcome.allCases.map(\.rawValue.utf8.count).max() ?? 0

    private var matched = 0
    private var value: [UInt8] = []
    private(set) var outcome: ServiceOutcome?
    /// The first value has ended, whatever it was.
    private(set) var isDone = false

    mutating func scan(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        for index in range {
            if isDone { return }
            scan(bytes[index])
        }
    }

    private mutating func scan(_ byte: UInt8) {
        let quote = UInt8(ascii: "\"")
        if matched == Self.key.count {
            if byte == quote {
                outcome = ServiceOutcome.allCases.first { $0.rawValue.utf8.elementsEqual(value) }
                isDone = true
            } else if value.count == Self.longestValue {
                isDone = true
            } else {
                value.append(byte)
            }
            return
        }
        if matched == Self.lengthUpToSecondQuote && byte != Self.key[matched] { matched = 1 }
        matched = byte == Self.key[matched] ? matched + 1 : byte == quote ? 1 : 0
    }

    mutating func reset() {
        matched = 0
        value.removeAll(keepingCapacity: true)
        outcome = nil
        isDone = false
    }
}
