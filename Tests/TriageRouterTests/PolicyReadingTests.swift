import Testing

@testable import TriageRouter

/// What a good policy file means.
@Suite struct PolicyReadingTests {
    @Test func everyKey() throws {
        let policy = try PolicySample.policy(PolicySample.everything)
        #expect(policy.identity.hasPrefix("sha256:") && policy.identity.utf8.count == 71 && policy.file == "f")
        #expect(policy.currency == "USD" && policy.baseline == "large-model")
        let general = policy.general
        #expect(
            general.handlers == [
                "faq": .init(name: "faq", route: .script, price: 0.0001, latency: 20),
                "large-model": .init(name: "large-model", route: .remote, price: 0.012, latency: 1800),
                "support": .init(name: "support", route: .human, price: 4.5, latency: 600_000),
            ]
        )
        #expect(
            general.labels == [
                "script": .init(handler: "faq", threshold: 0.9, line: 9),
                "remote": .init(handler: "large-model", line: 10),
                "human": .init(handler: "support", line: 11),
            ]
        )
        #expect(general.thresholds == .init(confidence: 0.8, margin: 0.1, outOfScope: 0.98))
        #expect(
            general.fallback
                == .init(
                    ambiguous: ["support", "large-model"],
                    outOfScope: "large-model",
                    unavailable: "large-model",
                    tooLong: "large-model"
                )
        )
        #expect(general.maximumBytes == 16_384 && general.maximumTokens == 256)
        #expect(
            general.rules == [
                .init(
                    name: "reset-password",
                    handler: "faq",
                    text: .exact(["reset my password", "reset password"]),
                    metadata: [:],
                    line: 20
                ),
                .init(
                    name: "card-number",
                    handler: "support",
                    text: .pattern(#"\b[0-9]{13,16}\b"#),
                    metadata: [:],
                    line: 21
                ),
                .init(
                    name: "phone",
                    handler: "support",
                    text: .prefix(["hello operator"]),
                    tokens: 3...100,
                    metadata: ["channel": ["phone"], "tier": ["gold", "platinum"]],
                    line: 22
                ),
            ]
        )
    }

    @Test func aTenantOverridesMemberByMember() throws {
        let policy = try PolicySample.policy(PolicySample.everything)
        let acme = try #require(policy.tenants["acme"])
        #expect(policy.tenants.count == 1)
        #expect(acme.labels["script"] == .init(handler: "faq", threshold: 0.99, line: 25))
        #expect(acme.labels["human"] == policy.general.labels["human"])
        #expect(acme.handlers.count == 4 && acme.handlers["acme-desk"]?.price == 9)
        #expect(acme.fallback.ambiguous == ["acme-desk"] && acme.fallback.tooLong == "large-model")
        #expect(acme.rules.isEmpty && acme.thresholds == policy.general.thresholds && acme.maximumTokens == 256)
    }

    @Test func theRestOfWhatATenantCanOverride() throws {
        let yaml =
            PolicySample.shortest + """
                thresholds: { confidence: 0.5, margin: 0.25 }
                limits: { bytes: 100 }
                rules: [{ name: all, exact: hello, to: faq }]
                tenants:
                  t:
                    handlers: { large: { price: 3 }, desk: { route: human, price: 0, latency_ms: 0 } }
                    labels: { remote: desk, script: { to: large } }
                    thresholds: { margin: 0.5, out_of_scope: 1 }
                    fallback: desk
                    limits: { tokens: 7 }
                    rules: [{ name: own, exact: hello, to: desk }]
                """
        let policy = try PolicySample.policy(yaml)
        let tenant = try #require(policy.tenants["t"])
        #expect(tenant.handlers["large"] == .init(name: "large", route: .remote, price: 3, latency: 9))
        #expect(policy.general.handlers["large"]?.price == 1 && policy.general.handlers["desk"] == nil)
        #expect(tenant.labels.mapValues(\.handler) == ["remote": "desk", "script": "large", "human": "large"])
        #expect(tenant.thresholds == .init(confidence: 0.5, margin: 0.5, outOfScope: 1))
        #expect(
            tenant.fallback == .init(ambiguous: ["desk"], outOfScope: "desk", unavailable: "desk", tooLong: "desk")
        )
        #expect(tenant.maximumBytes == 100 && tenant.maximumTokens == 7 && policy.general.maximumTokens == nil)
        #expect(tenant.rules.map(\.name) == ["own"] && policy.general.rules.map(\.name) == ["all"])
    }

    @Test func whatIsLeftOutHasItsDefault() throws {
        let general = try PolicySample.policy(PolicySample.shortest).general
        #expect(general.maximumBytes == 65_536 && general.maximumTokens == nil && general.rules.isEmpty)
        #expect(general.thresholds == .init())
        #expect(
            general.fallback == .init(ambiguous: ["large"], outOfScope: "large", unavailable: "large", tooLong: "large")
        )
    }

    @Test func scalarsAreTextsAsTheyAreWritten() throws {
        let yaml =
            PolicySample.shortest
            + "rules: [{ name: 1, exact: [404, no], metadata: { on: yes }, tokens: { at_most: 9 }, to: faq }]"
        let rule = try PolicySample.policy(yaml).general.rules[0]
        #expect(rule.name == "1" && rule.text == .exact(["404", "no"]) && rule.metadata == ["on": ["yes"]])
        #expect(rule.tokens == 0...9)
    }

    @Test func theIdentityIsThatOfTheBytes() throws {
        let one = try PolicySample.policy(PolicySample.shortest), same = try PolicySample.policy(PolicySample.shortest)
        let other = try PolicySample.policy(PolicySample.shortest + "# a comment\n")
        #expect(one == same && one.identity != other.identity && one.general == other.general)
    }

    @Test func aPolicyAndTheLabelsOfAModel() throws {
        let policy = try PolicySample.policy(PolicySample.everything)
        #expect(policy.defects(labels: ["human", "remote", "script"]).isEmpty)
        #expect(
            policy.defects(labels: ["humane", "script", "refund"]) == [
                PolicyDefect(line: 9, reason: "`labels` does not say who handles the model's label `humane`"),
                PolicyDefect(line: 9, reason: "`labels` does not say who handles the model's label `refund`"),
                PolicyDefect(line: 10, reason: "the model has no label `remote`"),
                PolicyDefect(line: 11, reason: "the model has no label `human`; did you mean `humane`?"),
            ]
        )
    }

    @Test func filesThatCannotBeRead() throws {
        for (path, reason) in [
            ("/nonexistent/f", "cannot read"), ("/", "is a directory"), ("/dev/zero", "is not a regular file"),
        ] {
            let error = #expect(throws: PolicyError.self) { try Policy(contentsOf: path) }
            #expect(error?.isReadable == false && error?.count == 1)
            #expect(error?.description.hasPrefix("\(path): \(reason)") == true)
        }
        #expect(throws: PolicyError.self) { try PolicySample.policy(String(repeating: "#", count: (4 << 20) + 1)) }
        #expect(throws: Never.self) {
            let padding = String(repeating: "#", count: (4 << 20) - PolicySample.shortest.utf8.count)
            _ = try PolicySample.policy(PolicySample.shortest + padding)
        }
    }
}
