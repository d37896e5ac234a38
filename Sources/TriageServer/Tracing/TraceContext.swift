/// The trace that a request is part of, as W3C Trace Context (level 1) passes it on.
struct TraceContext: Sendable, Equatable {
    /// As it was sent.
    let parent: String
    /// Nil where there is none, or one that cannot be passed on.
    let state: String?

    private static let maximumStateLength = 512

    /// Nil where `parent` is not valid; the state is then worth nothing either.
    init?(parent: String, state: String?) {
        let bytes = Array(parent.utf8)
        func isHexadecimal(_ range: Range<Int>) -> Bool {
            bytes[range].allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        }
        func isZero(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy { $0 == 0x30 } }
        let dash = UInt8(ascii: "-")
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            isHexadecimal(0..<2), isHexadecimal(3..<35), isHexadecimal(36..<52), isHexadecimal(53..<55),
            !isZero(3..<35), !isZero(36..<52)
        else { return nil }
        let version = bytes[..<2]
        if version.elementsEqual("ff".utf8) { return nil }
        // Versions to come may add fields; what is passed on is what is known.
        guard bytes.count == 55 || !isZero(0..<2) && bytes[55] == dash else { return nil }
        self.parent = bytes.count == 55 ? parent : String(decoding: bytes[..<55], as: UTF8.self)
        self.state = state.flatMap { state in
            let isPrintable = state.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            return !state.isEmpty && state.utf8.count <= Self.maximumStateLength && isPrintable ? state : nil
        }
    }

    /// 32 hexadecimal digits.
    var traceID: Substring { parent.dropFirst(3).prefix(32) }
}
