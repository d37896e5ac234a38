import StrictJSON
import Testing

@testable import TriageRouter

/// The schema describes what the reader reads.
@Suite struct PolicySchemaTests {
    private let definitions: JSONObject

    init() throws {
        let schema = try #require(try JSONParser.parse(Policy.schema).object)
        #expect(schema["$schema"] == .string("https://json-schema.org/draft/2020-12/schema"))
        definitions = try #require(schema["$defs"]?.object)
    }

    /// The keys of a definition.
    private func keys(_ name: String) -> [String] {
        definitions[name]?["properties"]?.object?.members.map(\.key).sorted() ?? []
    }

    @Test func bothKnowTheSameKeys() {
        let known = [
            "policy": PolicyKeys.policy, "tenant": PolicyKeys.tenant, "handler": PolicyKeys.handler,
            "label": PolicyKeys.label, "thresholds": PolicyKeys.thresholds, "fallbacks": PolicyKeys.fallback,
            "limits": PolicyKeys.limits, "rule": PolicyKeys.rule, "tokens": PolicyKeys.tokens,
        ]
        for (name, keys) in known { #expect(self.keys(name) == keys.sorted(), "\(name)") }
        let described = definitions.members.filter { $0.value["properties"] != nil }.map(\.key)
        #expect(Set(described) == Set(known.keys))
        for name in described { #expect(definitions[name]?["additionalProperties"] == .bool(false), "\(name)") }
        #expect(definitions["policy"]?["required"]?.array?.map(\.string) == PolicyKeys.requiredOfPolicy)
    }

    @Test func everyKeyIsDescribed() {
        for (name, definition) in definitions.members.map({ ($0.key, $0.value) }) {
            for member in definition["properties"]?.object?.members ?? [] {
                let target = member.value["$ref"]?.string?.split(separator: "/").last.map(String.init)
                let isDescribed =
                    member.value["description"] != nil || target.flatMap { definitions[$0]?["description"] } != nil
                #expect(isDescribed, "\(name).\(member.key)")
            }
        }
    }

    @Test func everyReferenceLeadsSomewhere() {
        func check(_ value: JSONValue) {
            for member in value.object?.members ?? [] {
                if member.key == "$ref" {
                    let name = member.value.string?.replacing("#/$defs/", with: "") ?? ""
                    #expect(definitions[name] != nil, "\(name)")
                }
                check(member.value)
            }
            for element in value.array ?? [] { check(element) }
        }
        check(.object(definitions))
    }

    @Test func bothKnowTheSameLimits() {
        let limits = PolicyLimits()
        func value(_ definition: String, _ key: String, _ limit: String) -> Double? {
            definitions[definition]?["properties"]?[key]?[limit]?.number
        }
        #expect(value("handler", "price", "maximum") == limits.price)
        #expect(value("handler", "latency_ms", "maximum") == limits.latency)
        #expect(value("limits", "bytes", "maximum") == Double(limits.textBytes))
        #expect(value("limits", "bytes", "default") == Double(Policy.defaultMaximumBytes))
        #expect(value("limits", "tokens", "maximum") == Double(limits.tokens))
        #expect(value("rule", "metadata", "maxProperties") == Double(limits.metadataKeys))
        #expect(value("policy", "tenants", "maxProperties") == Double(limits.tenants))
        #expect(definitions["handlers"]?["maxProperties"]?.number == Double(limits.handlers))
        #expect(definitions["rules"]?["maxItems"]?.number == Double(limits.rules))
        #expect(definitions["name"]?["maxLength"]?.number == Double(limits.nameBytes))
        let routes = definitions["handler"]?["properties"]?["route"]?["enum"]?.array?.compactMap(\.string)
        #expect(routes == Policy.Route.allCases.map(\.rawValue))
    }
}
