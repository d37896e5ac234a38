import Crypto

/// Who may ask, as the file of keys has it: the secret itself is kept nowhere.
struct APIKey: Sendable, Equatable {
    /// What logs call it.
    let name: String
    /// SHA-256 of the secret.
    let digest: [UInt8]
    /// Whose queries they are; nil where the request may say so.
    let tenant: String?
    /// Texts a second; nil for as many as there is room for.
    let rate: Double?
    /// Texts at once, on top of the rate.
    let burst: Double?
}

/// A new secret: shown once, and then known to its owner alone.
public struct NewAPIKey: Sendable {
    /// `triage_` and 256 random bits.
    public let secret: String
    /// The hexadecimal SHA-256 of the secret.
    public let digest: String

    /// From the system's source of randomness.
    public init() {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
        secret = "triage_" + hexadecimal(bytes)
        digest = hexadecimal(SHA256.hash(data: Array(secret.utf8)))
    }
}

private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.reduce(into: "") { text, byte in
        text += byte < 16 ? "0" : ""
        text += String(byte, radix: 16)
    }
}
