import Testing

@testable import TriageRouter

/// Rules that can never apply.
@Suite struct UnreachableRuleTests {
    /// The rule on line 10 after the one on line 9, by their conditions.
    @Test(
        arguments: [
            ("exact: x", "exact: x", true), ("exact: [x, y]", "exact: y", true), ("exact: y", "exact: [x, y]", false),
            ("exact: Reset  my password", "exact: reset my PASSWORD", true),
            ("prefix: he", "exact: hello", true), ("prefix: he", "prefix: [hello, help]", true),
            ("prefix: hello", "prefix: he", false), ("exact: hello", "prefix: hello", false),
            ("pattern: a+b", "pattern: a+b", true), ("pattern: a+b", "pattern: a+c", false),
            ("exact: x", "exact: x, tokens: { at_most: 5 }", true),
            ("exact: x, tokens: { at_most: 5 }", "exact: x", false),
            ("tokens: { at_most: 5 }", "tokens: { at_most: 4 }", true),
            ("tokens: { at_most: 5 }", "tokens: { at_least: 5 }", false),
            ("tokens: { at_most: 5 }", "exact: x, tokens: { at_least: 2, at_most: 5 }", true),
            ("tokens: { at_most: 5 }", "exact: x", false),
            ("metadata: { a: x }", "metadata: { a: x }", true), ("metadata: { a: [x, y] }", "metadata: { a: y }", true),
            ("metadata: { a: y }", "metadata: { a: [x, y] }", false),
            ("metadata: { a: [x, y, z] }", "metadata: { a: [z, x, z] }", true),
            ("exact: w, metadata: { a: [x, y, z] }", "exact: w, metadata: { a: [w, x] }", false),
            ("metadata: { a: x }", "metadata: { a: x, b: y }", true),
            ("metadata: { a: x, b: y }", "metadata: { a: x }", false),
            ("metadata: { a: x }", "metadata: { b: x }", false),
            ("metadata: { a: x }", "exact: x, metadata: { a: x }", true),
            ("exact: x, metadata: { a: x }", "exact: x", false),
            ("exact: x", "metadata: { a: x }", false),
        ]
    )
    func pair(first: String, second: String, isUnreachable: Bool) {
        let rules = "rules:\n- { name: first, \(first), to: faq }\n- { name: second, \(second), to: large }\n"
        let expected =
            "10:3: rule `second` can never apply: rule `first` on line 9 comes before it and applies wherever it would"
        #expect(PolicySample.defects(PolicySample.shortest + rules) == (isUnreachable ? [expected] : []))
    }

    /// Each list on its own: a tenant's rule may take texts from a general one, and from nobody else's.
    @Test func tenants() {
        let yaml =
            PolicySample.shortest + """
                rules: [{ name: all, exact: x, to: faq }]
                tenants:
                  a: { rules: [{ name: own, exact: x, to: large }, { name: other, pattern: y, to: faq }] }
                  b:
                    rules:
                    - { name: own, prefix: x, to: large }
                    - { name: lost, exact: xyz, to: large }
                """
        #expect(
            PolicySample.defects(yaml) == [
                "14:7: rule `lost` can never apply: rule `own` on line 13 comes before it and applies wherever it would"
            ]
        )
    }

    @Test func namesDifferWithinATenantAndFromGeneralOnes() {
        let yaml =
            PolicySample.shortest + """
                rules: [{ name: all, exact: x, to: faq }]
                tenants:
                  a: { rules: [{ name: all, exact: y, to: large }] }
                  b: { rules: [{ name: own, exact: y, to: large }, { name: own, exact: z, to: faq }] }
                """
        #expect(
            PolicySample.defects(yaml) == [
                "10:16: rule `all` is also defined on line 8; the name must tell them apart",
                "11:52: rule `own` is also defined on line 11; the name must tell them apart",
            ]
        )
    }

    /// Where something cannot be read, what is left of a rule must not be taken for all of it.
    @Test func brokenRulesAreNotCompared() {
        let rules = "rules: [{ name: a, exact: x, tokens: { at_most: 0 }, to: faq }, { name: b, exact: x, to: faq }]"
        #expect(PolicySample.defects(PolicySample.shortest + rules).count == 1)
    }

    @Test func manyRules() throws {
        var rules = "rules:\n"
        for number in 0..<1000 {
            rules += "- { name: r\(number), exact: text \(number), metadata: { k: [a, v\(number)] }, to: faq }\n"
        }
        #expect(try PolicySample.policy(PolicySample.shortest + rules).general.rules.count == 1000)
        rules += "- { name: lost, exact: Text 500, metadata: { k: v500 }, to: faq }\n"
        #expect(
            PolicySample.defects(PolicySample.shortest + rules) == [
                "1009:3: rule `lost` can never apply: rule `r500` on line 509 comes before it and applies wherever it would"
            ]
        )
    }
}
