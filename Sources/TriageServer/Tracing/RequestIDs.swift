import Synchronization

/// Names requests that come without a name: unique over processes by 64 random bits, within one by a count.
final class RequestIDs: Sendable {
    private static let maximumLength = 128
    private let prefix = hexadecimal(UInt64.random(in: 0 ... .max))
    private let count = Atomic<UInt64>(0)

    func next() -> String {
        "\(prefix)-\(hexadecimal(count.wrappingAdd(1, ordering: .relaxed).newValue).drop { $0 == "0" })"
    }

    /// Whether a caller's own name may go into logs and headers.
    static func isAcceptable(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.count <= maximumLength
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// Sixteen digits.
private func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
