@testable import TriageRouter

extension Policy {
    /// For the default model: a script, a large model and a person, no rules, nobody's own terms; the thresholds are the
    /// model's own.
    static let sample = Policy(
        identity: "sha256:sample",
        file: "sample.yaml",
        currency: "EUR",
        baseline: "large",
        general: Terms(
            handlers: [
                "faq": Handler(name: "faq", route: .script, price: 0.25, latency: 20),
                "large": Handler(name: "large", route: .remote, price: 2, latency: 1_500),
                "desk": Handler(name: "desk", route: .human, price: 8, latency: 60_000),
            ],
            labels: [
                "script": LabelTerms(handler: "faq", threshold: nil, line: 1),
                "remote": LabelTerms(handler: "large", threshold: nil, line: 2),
                "human": LabelTerms(handler: "desk", threshold: nil, line: 3),
            ],
            thresholds: Thresholds(),
            fallback: Fallback(
                ambiguous: ["desk", "large"],
                outOfScope: "large",
                unavailable: "large",
                tooLong: "desk"
            ),
            maximumBytes: 4_096,
            maximumTokens: nil,
            rules: []
        ),
        tenants: [:]
    )
}

extension Policy.Rule {
    init(
        _ name: String,
        to handler: String,
        text: Policy.TextCondition? = nil,
        tokens: ClosedRange<Int>? = nil,
        metadata: [String: [String]] = [:]
    ) {
        self.init(name: name, handler: handler, text: text, tokens: tokens, metadata: metadata, line: 1)
    }
}
