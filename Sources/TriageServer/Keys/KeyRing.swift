import Crypto

/// The keys that are accepted, with what is left of their rates.
struct KeyRing: Sendable {
    /// A key with its allowance.
    struct Holder: Sendable {
        let key: APIKey
        let allowance: Allowance?
    }

    /// By the first eight bytes of the digest. What the time of looking up tells about those is worth nothing: whoever knows
    /// them would have to find a secret with that digest.
    private let holders: [UInt64: [Holder]]
    /// Those that keys name.
    let tenants: Set<String>

    init(_ keys: [APIKey], keeping old: KeyRing? = nil) {
        var holders: [UInt64: [Holder]] = [:]
        for key in keys {
            let kept = old?.holders[Self.prefix(key.digest)]?.first { $0.key == key }
            let allowance = kept?.allowance ?? key.rate.map { Allowance(rate: $0, burst: key.burst ?? max(1, $0)) }
            holders[Self.prefix(key.digest), default: []].append(Holder(key: key, allowance: allowance))
        }
        self.holders = holders
        tenants = Set(keys.compactMap(\.tenant))
    }

    func holder(of secret: String) -> Holder? {
        let digest = SHA256.hash(data: Array(secret.utf8))
        return holders[Self.prefix(digest)]?.first { holder in
            // All bytes are compared, whatever the first ones are.
            zip(holder.key.digest, digest).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
        }
    }

    private static func prefix(_ digest: some Sequence<UInt8>) -> UInt64 {
        digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
