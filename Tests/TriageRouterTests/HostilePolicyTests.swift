import CommandSupport
import Testing

@testable import TriageRouter

/// Whatever a file holds, it gives a policy or a `PolicyError`.
@Suite struct HostilePolicyTests {
    @Test(
        arguments: [
            ("a: &a 1", "anchors are not read"), ("a: *a", "not YAML: found undefined alias"),
            (String(repeating: "[", count: 100_000), "not YAML"),
            (String(repeating: "{a: ", count: 100_000), "not YAML"),
            (String(repeating: "- ", count: 100_000), "not YAML"),
            (String(repeating: "? ", count: 500), "keys written with `?` are not read"),
            ("version: 1\n---\nversion: 1", "not YAML"), ("a: \"", "not YAML"), ("\u{1}", "not YAML"),
            ("%YAML 9.9\n---\na: b", "not YAML"), ("!!binary x", "a policy is tagged"),
            ("version: !!int 1", "`version`, that of the format, must be"), ("<<: {version: 1}", "unknown key `<<`"),
        ]
    )
    func yaml(_ text: String, expected: String) {
        let found = PolicySample.defects(text)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test func bytesThatAreNoText() {
        for bytes in [[0xFF], Array("version: \u{0}".utf8), Array("a: ".utf8) + [0xC3], [0xFE, 0xFF, 0x00, 0x61]]
            as [[UInt8]]
        {
            let error = #expect(throws: PolicyError.self) { try Policy(bytes, file: "f") }
            #expect(error?.count == 1 && error?.isReadable == true)
        }
    }

    /// Names that would break the line, or look like another message, are shown on one line.
    @Test func namesInMessages() {
        let found = PolicySample.defects(PolicySample.shortest + "\"a\\nf:1:1: all is well\\e[2J\": 1")
        #expect(found.count == 1 && found[0].hasPrefix("8:1: unknown key `a<U+000A>f:1:1: all is well<U+001B>[2J`"))
        let long = PolicySample.defects(PolicySample.shortest + String(repeating: "k", count: 1000) + ": 1")
        #expect(long.count == 1 && long[0].utf8.count < 320)
    }

    /// What a short file could make large: thousands of tenants, each with a copy of a thousand handlers.
    @Test func tenantsCannotMultiply() {
        let handlers = (0..<900).map { "h\($0): {route: human, price: 1, latency_ms: 1}" }.joined(separator: ", ")
        let tenants = (0..<1000).map { "  t\($0): {handlers: {h0: {price: 2}}}\n" }.joined()
        let yaml =
            PolicySample.shortest.replacing("handlers: {", with: "handlers: { \(handlers),") + "tenants:\n" + tenants
        let found = PolicySample.defects(yaml)
        #expect(found.count == 1 && found[0].contains("have more than 500000 of them"))
    }

    /// Thousands of unknown names, each of which might be any of a thousand known ones.
    @Test func unknownNamesAreCheap() {
        let known = (0..<100).map {
            "\(String(repeating: "h", count: 50))\($0): {route: human, price: 1, latency_ms: 1}"
        }
        let rules = (0..<9000).map { "- {name: r\($0), exact: x, to: \(String(repeating: "g", count: 53))}\n" }.joined()
        let yaml =
            PolicySample.shortest.replacing("handlers: {", with: "handlers: { \(known.joined(separator: ", ")),")
            + "rules:\n" + rules
        #expect(PolicySample.defects(yaml).last == " and 8980 more defects")
    }

    /// Thousands of files that differ from the example by a few bytes. The seed is fixed.
    @Test func mutations() throws {
        let sample = Array(PolicySample.everything.utf8)
        var random = SplitMix64(seed: 6)
        var accepted = 0, refused = 0
        for _ in 0..<4000 {
            var bytes = sample
            for _ in 0...Int.random(in: 0..<4, using: &random) { Self.damage(&bytes, &random) }
            do throws(PolicyError) {
                let policy = try Policy(bytes, file: "f")
                accepted += 1
                for terms in [policy.general] + policy.tenants.values { Self.check(terms, policy.general.rules.count) }
            } catch {
                refused += 1
                #expect(
                    error.description.hasPrefix("f:") && !error.defects.isEmpty && error.count >= error.defects.count
                )
                #expect(error.defects.allSatisfy { $0.line ?? 1 >= 1 && $0.column ?? 1 >= 1 && !$0.reason.isEmpty })
            }
        }
        #expect(accepted > 100 && refused > 1000, "\(accepted) \(refused)")
    }

    /// What the router relies on.
    private static func check(_ terms: Policy.Terms, _ ruleCount: Int) {
        let handlers = terms.handlers
        let fallbacks =
            terms.fallback.ambiguous + [
                terms.fallback.outOfScope, terms.fallback.unavailable, terms.fallback.tooLong,
            ]
        #expect(!terms.fallback.ambiguous.isEmpty)
        #expect(fallbacks.allSatisfy { handlers[$0] != nil && handlers[$0]?.route != .script })
        #expect(terms.labels.values.allSatisfy { handlers[$0.handler] != nil && (0...1).contains($0.threshold ?? 0) })
        #expect(terms.rules.allSatisfy { handlers[$0.handler] != nil })
        #expect(terms.rules.allSatisfy { $0.text != nil || $0.tokens != nil || !$0.metadata.isEmpty })
        #expect(handlers.allSatisfy { $0.key == $0.value.name && $0.value.price >= 0 && $0.value.latency >= 0 })
        #expect((1...1 << 20).contains(terms.maximumBytes))
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        let tokens = Array("\"',:\t\n-?&*!|>%@#{}[]\\ a09~.\u{85}\u{FEFF}".utf8) + [0, 1, 0x7F, 0xC2, 0xFF]
        let place = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 0..<8, using: &random))
        let token = tokens[Int.random(in: 0..<tokens.count, using: &random)]
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.removeSubrange(place..<end)
        case 1: bytes.insert(token, at: place)
        case 2: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
        case 3: bytes.removeSubrange(Int.random(in: place...bytes.count, using: &random)...)
        default: if place < bytes.count { bytes[place] = token }
        }
    }
}
