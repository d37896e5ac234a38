import Testing

@testable import TriageRouter

/// Every kind of defect of a policy file, with its place.
@Suite struct PolicyDefectTests {
    @Test func thePoliciesThatAreBrokenHereAreGood() {
        #expect(PolicySample.defects(PolicySample.everything).isEmpty)
        #expect(PolicySample.defects(PolicySample.shortest).isEmpty)
    }

    /// The example with one part replaced.
    @Test(
        arguments: [
            ("version: 1", "version: 2", "1:10: `version`, that of the format, must be 1"),
            ("version: 1", "version: '1'", "1:10: `version`, that of the format, must be 1"),
            ("version: 1\n", "", "1:1: `version` is missing in a policy"),
            ("currency: USD\n", "", "1:1: `currency` is missing in a policy"),
            ("USD", "usd", "2:11: `currency` must be three capital letters, such as USD"),
            ("USD", "[USD]", "2:11: `currency` is a list, expected a text (in quotes where YAML reads it as another)"),
            (
                "USD", "USD\nexmaples: 1",
                "3:1: unknown key `exmaples` in a policy; expected version, currency, baseline, handlers, labels, thresholds, fallback, limits, rules, tenants"
            ),
            ("limits:", "limit:", "18:1: unknown key `limit` in a policy; did you mean `limits`?"),
            ("limits:", "rules: []\nlimits:", "18: key `rules` occurs twice in the same mapping"),
            (
                "baseline: large-model", "baseline: large-modle",
                "3:11: `baseline` names an unknown handler `large-modle`; did you mean `large-model`?"
            ),
            ("baseline: large-model", "baseline: nobody", "3:11: `baseline` names an unknown handler `nobody`"),
            (
                "route: script", "route: scirpt",
                "5:25: `route` is `scirpt`, expected script, remote, human; did you mean `script`?"
            ),
            ("route: script, ", "", "5:3: handler `faq` lacks `route`"),
            ("price: 0.0001", "price: -1", "5:40: `price` of handler `faq` must be a number from 0 to 1000000000"),
            ("price: 0.0001", "price: 1e10", "5:40: `price` of handler `faq` must be a number from 0 to 1000000000"),
            ("price: 0.0001", "price: '1'", "5:40: `price` of handler `faq` must be a number from 0 to 1000000000"),
            (
                "latency_ms: 20", "latency_ms: 1e13",
                "5:60: `latency_ms` of handler `faq` must be a number from 0 to 1000000000000"
            ),
            (
                "latency_ms: 20", "latency: 20",
                "5:48: unknown key `latency` in handler `faq`; expected route, price, latency_ms\n5:3: handler `faq` lacks `latency_ms`"
            ),
            (
                "threshold: 0.9 }", "threshold: 1.1 }",
                "9:33: `threshold` of label `script` must be a number from 0 to 1"
            ),
            ("{ to: faq, threshold: 0.9 }", "{ threshold: 0.9 }", "9:11: `to` is missing in label `script`"),
            (
                "human: support", "human: suport",
                "11:10: label `human` names an unknown handler `suport`; did you mean `support`?"
            ),
            (
                "human: support", "human: [support]",
                "11:10: label `human` is a list, expected a mapping with to, threshold"
            ),
            ("human: support", "' human': support", "11:3: a label begins or ends with white space"),
            (
                "human: support", "human:",
                "11:9: label `human` is nothing, expected a text (in quotes where YAML reads it as another)"
            ),
            ("confidence: 0.8", "confidence: 80%", "12:27: `confidence` must be a number from 0 to 1"),
            ("margin: 0.1", "margin: -0.1", "12:40: `margin` must be a number from 0 to 1"),
            ("out_of_scope: 0.98", "out_of_scope: 2", "12:59: `out_of_scope` must be a number from 0 to 1"),
            (
                "[support, large-model]", "[support, faq]",
                "14:24: `ambiguous` leads to the script `faq`; a fallback must be a capable model or a person"
            ),
            ("[support, large-model]", "[]", "14:14: `ambiguous` is empty"),
            (
                "unavailable: large-model", "unavailable: faq",
                "16:16: `unavailable` leads to the script `faq`; a fallback must be a capable model or a person"
            ),
            ("  too_long: large-model\n", "", "14:3: `too_long` is missing in `fallback`"),
            ("bytes: 16384", "bytes: 1048577", "18:18: `bytes` must be a whole number from 1 to 1048576"),
            ("tokens: 256", "tokens: 0", "18:33: `tokens` must be a whole number from 1 to 1000000"),
            (
                "name: card-number", "name: reset-password",
                "21:5: rule `reset-password` is also defined on line 20; the name must tell them apart"
            ),
            ("name: card-number, ", "", "21:5: `name` is missing in a rule"),
            (", to: faq }", " }", "20:5: `to` is missing in a rule"),
            (
                "exact: [reset my password, reset password]", "exact: []",
                "20:36: `exact` of rule `reset-password` is empty"
            ),
            (
                "exact: [reset my password, reset password]", "exact: [a, {b: c}]",
                "20:40: a value of `exact` of rule `reset-password` is a mapping, expected a text (in quotes where YAML reads it as another)"
            ),
            (
                "exact: [reset my password, reset password], ", "",
                "20:5: rule `reset-password` has no condition, so that nothing would get past it; give it one of exact, prefix, pattern, tokens, metadata"
            ),
            (
                "exact: [reset my password, reset password]", "exact: x, prefix: y",
                "20:5: rule `reset-password` has `exact` and `prefix`; write a rule for each"
            ),
            ("{13,16}\\b", "(\\b", "21:35: rule `card-number`: "),
            (
                "at_least: 3, at_most: 100", "at_least: 101, at_most: 100",
                "22:106: rule `phone` can never apply: no text has at least 101 and at most 100 tokens"
            ),
            ("at_least: 3, at_most: 100", "", "22:106: `tokens` of rule `phone` has neither `at_least` nor `at_most`"),
            (
                "at_least: 3", "at_least: 0",
                "22:118: `at_least` of rule `phone` must be a whole number from 1 to 1000000"
            ),
            ("{ channel: phone, tier: [gold, platinum] }", "{}", "22:54: `metadata` of rule `phone` is empty"),
            (
                "{ channel: phone, tier: [gold, platinum] }", "phone",
                "22:54: `metadata` of rule `phone` is a text, expected a mapping"
            ),
            ("tier: [gold, platinum]", "tier: []", "22:78: `tier` of rule `phone` is empty"),
            (
                "tier: [gold, platinum]", "\"a\\tb\": x",
                "22:72: a key of `metadata` of rule `phone` contains a control character"
            ),
            (
                "  acme:\n", "  globex: {}\n  acme:\n",
                "24:3: tenant `globex` has nothing of its own; remove it, or say what differs"
            ),
            (
                "  acme:\n", "  globex: { labels: {}, rules: [] }\n  acme:\n",
                "24:3: tenant `globex` has nothing of its own; remove it, or say what differs"
            ),
            ("    labels: { script: { threshold: 0.99 } }", "    labels: {}", "25:13: `labels` is empty"),
            (
                "handlers: { acme-desk:", "handlers: { faq: {}, acme-desk:",
                "27:22: handler `faq` has neither `price` nor `latency_ms`"
            ),
            (
                "  acme:\n", "  globex: x\n  acme:\n",
                "24:11: tenant `globex` is a text, expected a mapping with handlers, labels, thresholds, fallback, limits, rules"
            ),
            (
                "  acme:\n", "  acme:\n    baseline: faq\n",
                "25:5: unknown key `baseline` in tenant `acme`; expected handlers, labels, thresholds, fallback, limits, rules"
            ),
            (
                "    labels: { script", "    labels: { scripts",
                "25:15: label `scripts` is not among those of everyone; did you mean `script`?"
            ),
            (
                "{ script: { threshold: 0.99 } }", "{ script: {} }",
                "25:23: label `script` has neither `to` nor `threshold`"
            ),
            (
                "{ ambiguous: acme-desk }", "{ ambiguous: acme-disk }",
                "26:28: `ambiguous` names an unknown handler `acme-disk`; did you mean `acme-desk`?"
            ),
            (
                "{ ambiguous: acme-desk }", "faq",
                "26:15: `fallback` leads to the script `faq`; a fallback must be a capable model or a person"
            ),
            (
                "{ acme-desk: { route: human, price: 9, latency_ms: 60000 }",
                "{ acme-desk: { route: human, price: 9, latency_ms: 60000 }, suport: { price: 3 }",
                "27:75: handler `suport` is not among those of everyone, and a new one needs `route`, `latency_ms`; did you mean `support`?"
            ),
            (
                "{ acme-desk: { route: human, price: 9, latency_ms: 60000 }",
                "{ acme-desk: { route: human, price: 9, latency_ms: 60000 }, faq: { route: human }",
                "27:89: handler `faq` is script for everyone; a tenant can change its price and latency"
            ),
        ]
    )
    func one(part: String, replacement: String, expected: String) throws {
        var yaml = PolicySample.everything
        yaml.replaceSubrange(try #require(yaml.firstRange(of: part)), with: replacement)
        let found = PolicySample.defects(yaml)
        let lines = expected.split(separator: "\n")
        #expect(
            found.count == lines.count && lines.allSatisfy { line in found.contains { $0.hasPrefix(line) } },
            "\(found)"
        )
    }

    @Test func whatIsNotAPolicy() {
        #expect(
            PolicySample.defects("") == [" empty; expected version, currency, baseline, handlers, labels, fallback"]
        )
        #expect(PolicySample.defects("x")[0].hasPrefix("1:1: a policy is a text, expected a mapping with version"))
        #expect(
            PolicySample.defects("{}") == [
                "1:1: `version`, `currency`, `baseline`, `handlers`, `labels`, `fallback` are missing in a policy"
            ]
        )
    }

    @Test func longNames() {
        let name = String(repeating: "n", count: 127)
        let yaml = PolicySample.shortest + "rules: [{ name: \(name), exact: x, to: faq }]"
        #expect(PolicySample.defects(yaml).isEmpty)
        #expect(
            PolicySample.defects(yaml.replacing(name, with: name + "n")) == [
                "8:17: a rule's name has 128 bytes, the limit is 127"
            ]
        )
    }

    /// An entry that cannot be read is not reported again where it is used.
    @Test func aDefectIsReportedOnce() {
        let yaml = PolicySample.shortest.replacing(
            "large: { route: remote, price: 1",
            with: "large: { route: far, price: x"
        )
        #expect(PolicySample.defects(yaml).map { $0.prefix { $0 != " " } } == ["4:78:", "4:90:"])
        let none = PolicySample.shortest.replacing("handlers: {", with: "handlers: [] #")
        #expect(PolicySample.defects(none) == ["4:11: `handlers` is a list, expected a mapping"])
        let empty = PolicySample.shortest.replacing("handlers: {", with: "handlers: {} #")
        #expect(PolicySample.defects(empty) == ["4:11: `handlers` is empty"])
    }

    @Test func manyDefectsAreCounted() {
        let rules = (1...30).map { "- { name: r\($0), exact: x\($0), to: nobody }\n" }.joined()
        let found = PolicySample.defects(PolicySample.shortest + "rules:\n" + rules)
        #expect(found.count == 21 && found[19].hasPrefix("28:") && found[20] == " and 10 more defects")
    }

    @Test func everyPatternIsCompiled() {
        let rules = ["(", "a", "(b", "c", "d("].enumerated().map { "- { name: r\($0), pattern: '\($1)', to: faq }\n" }
        let found = PolicySample.defects(PolicySample.shortest + "rules:\n" + rules.joined())
        #expect(found.map { $0.prefix { $0 != " " } } == ["9:24:", "11:24:", "13:24:"])
        #expect(found[1].contains("rule `r2`: "))
    }

    @Test func limits() {
        func defects(_ yaml: String, _ change: (inout PolicyLimits) -> Void) -> [String] {
            var limits = PolicyLimits()
            change(&limits)
            return PolicySample.defects(yaml, limits: limits)
        }
        let rules = "rules: [{ name: a, exact: [x, y], to: faq }, { name: b, metadata: { k: v, l: w }, to: faq }]\n"
        let tenants = "tenants: { t: { rules: [{ name: c, exact: z, to: faq }] }, u: { labels: { human: faq } } }\n"
        let yaml = PolicySample.shortest + rules + tenants
        #expect(defects(yaml) { $0.rules = 3 }.isEmpty)
        #expect(defects(yaml) { $0.rules = 2 } == ["9:25: more than 2 rules in all"])
        #expect(defects(yaml) { $0.rules = 1 } == ["8:46: more than 1 rules in all"])
        #expect(defects(yaml) { $0.values = 1 } == ["8:27: `exact` of rule `a` has 2 values, the limit is 1"])
        #expect(
            defects(yaml) { $0.metadataKeys = 1 } == [
                "8:75: `l` is one key more than the 1 that rules may ask for in all"
            ]
        )
        #expect(defects(yaml) { $0.handlers = 1 } == ["4:11: there are 2 handlers, the limit is 1"])
        #expect(defects(yaml) { $0.tenants = 1 } == ["9:10: `tenants` has 2 of them, the limit is 1"])
        #expect(defects(yaml) { $0.tenantEntries = 4 }.isEmpty)
        #expect(
            defects(yaml) { $0.tenantEntries = 3 } == [
                "9:60: together the tenants up to `u` that have handlers or labels of their own have more than 3 of them, "
                    + "those of everyone included"
            ]
        )
        #expect(
            defects(PolicySample.shortest + "rules: [{ name: a, exact: x, to: faq }, { name: b, exact: y, to: faq }]") {
                $0.comparisons = 0
            } == [
                "8:9: the rules from here on are too many and too long to be compared with one another; write fewer values"
            ]
        )
    }
}
