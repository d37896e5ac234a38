/// The keys of a policy file, by the mapping that they stand in. `Policy.schema` describes the same ones.
enum PolicyKeys {
    static let policy = [
        "version", "currency", "baseline", "handlers", "labels", "thresholds", "fallback", "limits", "rules", "tenants",
    ]
    static let requiredOfPolicy = ["version", "currency", "baseline", "handlers", "labels", "fallback"]
    static let handler = ["route", "price", "latency_ms"]
    static let label = ["to", "threshold"]
    static let thresholds = ["confidence", "margin", "out_of_scope"]
    static let fallback = ["ambiguous", "out_of_scope", "unavailable", "too_long"]
    static let limits = ["bytes", "tokens"]
    static let rule = ["name", "exact", "prefix", "pattern", "tokens", "metadata", "to"]
    static let tokens = ["at_least", "at_most"]
    static let tenant = ["handlers", "labels", "thresholds", "fallback", "limits", "rules"]
}

/// What a policy file may hold at most.
struct PolicyLimits {
    var fileBytes = 4 << 20
    var nameBytes = 127
    var price = 1e9
    /// In milliseconds; three decades.
    var latency = 1e12
    var handlers = 1000
    /// Of the general rules and those of all tenants.
    var rules = 10_000
    /// Texts of a rule, or values of one of its metadata.
    var values = 1000
    /// Distinct keys of metadata that rules ask for.
    var metadataKeys = 32
    var tenants = 10_000
    /// Handlers and labels of all tenants that have some of their own, with the general ones that these stand among: each such
    /// tenant has a copy.
    var tenantEntries = 500_000
    /// Of the bytes of a text.
    var textBytes = 1 << 20
    /// Of the tokens of a text.
    var tokens = 1_000_000
    /// Steps, of a few nanoseconds, in which rules are compared with one another.
    var comparisons = 200_000_000
}
