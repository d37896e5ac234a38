import Foundation
import StrictJSON
import Testing

@testable import TriageServer

@Suite(.enabled(if: Server.model != nil))
struct KeyServingTests {
    private func client() throws -> Client { try Shared.keyed.get().client() }
    private let hello = #"{"text": "hello"}"#

    @Test func keysAreAskedFor() throws {
        let client = try client()
        for fields in [[], ["authorization: Bearer wrong"], ["x-api-key: wrong"], ["authorization: Basic open"]] {
            let response = try #require(client.post("/v1/triage", hello, fields: fields))
            #expect(response.status == 401)
            #expect(response.fields["www-authenticate"]?.hasPrefix("Bearer") == true)
        }
        for field in [
            "authorization: Bearer open", "authorization: bearer open", "x-api-key: open", "x-api-key: \topen ",
            "authorization:  Bearer open  ",
        ] {
            #expect(client.post("/v1/triage", hello, fields: [field])?.status == 200)
        }
    }

    @Test func stateIsToldWithoutAKey() throws {
        let client = try client()
        #expect(client.get("/health")?.status == 200)
        #expect(client.get("/ready")?.status == 200)
        for path in ["/metrics", "/v1/models", "/v1/drift", "/openapi.json"] {
            #expect(client.get(path)?.status == 401)
            #expect(client.get(path, fields: ["x-api-key: open"])?.status == 200)
        }
    }

    @Test func theKeysTenantCounts() throws {
        let client = try client()
        func target(_ key: String, _ tenant: String) throws -> String? {
            let body = #"{"text": "purple rain"\#(tenant.isEmpty ? "" : #", "tenant": "\#(tenant)""#)}"#
            let response = try #require(client.post("/v1/triage", body, fields: ["x-api-key: \(key)"]))
            #expect(response.status == 200)
            return response.json?["target"]?.string
        }
        #expect(try target("open", "") != "desk")
        #expect(try target("open", "acme") == "desk")
        #expect(try target("acme", "") == "desk")
        #expect(try target("acme", "acme") == "desk")
        let response = try #require(
            client.post("/v1/triage", #"{"text": "hello", "tenant": "other"}"#, fields: ["x-api-key: acme"])
        )
        #expect(response.status == 403)
        #expect(response.errorCode == "wrong_tenant")
    }

    @Test func rulesAndPricesShow() throws {
        let response = try #require(
            try client().post("/v1/triage", #"{"text": "Reset  my password"}"#, fields: ["x-api-key: open"])
        )
        #expect(response.json?["reason"] == "rule")
        #expect(response.json?["detail"] == "by rule reset")
        #expect(response.json?["label"] == .null)
        #expect(response.json?["tokens"] == .null)
        #expect(response.json?["expected"]?["cost"]?.number == 0.001)
        #expect(response.json?["expected"]?["currency"] == "USD")
        #expect(response.fields["x-triage-policy"]?.hasPrefix("sha256:") == true)
    }

    @Test func ratesAreKept() throws {
        let client = try client()
        let texts = #"{"texts": ["a", "b"]}"#
        #expect(client.post("/v1/triage", texts, fields: ["x-api-key: slow"])?.status == 200)
        let response = try #require(client.post("/v1/triage", hello, fields: ["x-api-key: slow"]))
        #expect(response.status == 429)
        #expect(response.errorCode == "rate_limited")
        #expect(Int(response.fields["retry-after"] ?? "").map { (90...100).contains($0) } == true)
        #expect(client.post("/v1/triage", hello, fields: ["x-api-key: open"])?.status == 200)
    }
}

@Suite struct KeyTests {
    @Test func anAllowanceFillsWithTime() {
        let start = ContinuousClock.now
        let allowance = Allowance(rate: 10, burst: 20, now: start)
        #expect(allowance.take(20, now: start) == nil)
        #expect(allowance.take(1, now: start) == .milliseconds(100))
        #expect(allowance.take(1, now: start + .milliseconds(100)) == nil)
        // More than it ever holds: let through when it is full, and owed.
        #expect(allowance.take(50, now: start + .seconds(1)) != nil)
        #expect(allowance.take(50, now: start + .seconds(3)) == nil)
        #expect(allowance.take(1, now: start + .seconds(5)) != nil)
    }

    @Test func newKeysAreFoundByTheirDigest() throws {
        let new = NewAPIKey()
        #expect(new.secret.utf8.count == 7 + 64)
        #expect(NewAPIKey().secret != new.secret)
        let keys = try KeysFile.keys(Array("keys: [{ name: a, sha256: \(new.digest) }]".utf8), file: "keys.yaml")
        let ring = KeyRing(keys)
        #expect(ring.holder(of: new.secret)?.key.name == "a")
        #expect(ring.holder(of: new.digest) == nil)
        #expect(ring.holder(of: "") == nil)
    }

    @Test(arguments: [
        ("", "holds no keys"), ("keys: 5", "expected a list"), ("keyz: []", "did you mean `keys`?"),
        ("keys: [{ name: a, sha256: abc }]", "64 hexadecimal digits"), ("keys: [{ name: a }]", "`sha256` is missing"),
        ("keys: [{ name: a, sha256: abc, secret: x }]", "unknown key in a key; expected"), ("keys: &a [*a]", "anchors"),
    ])
    func defectsOfTheFileAreNamed(text: String, reason: String) {
        do throws(KeysFileError) {
            _ = try KeysFile.keys(Array(text.utf8), file: "keys.yaml")
            Issue.record("read")
        } catch {
            #expect(error.description.hasPrefix("keys.yaml:"))
            #expect(error.description.contains(reason), "\(error)")
        }
    }

    /// Whoever mistakes the place of a secret must not find it in a log.
    @Test(arguments: [
        "keys: [{ name: a, SECRET: 1 }]", "SECRET: []", "keys: SECRET", "keys: [SECRET]",
        "keys: [{ name: a, sha256: SECRET }]", "keys: [{ name: a, sha256: DIGEST, SECRET: 1, SECRET: 2 }]",
        "keys: [{ name: SECRET, sha256: DIGEST }, { name: SECRET, sha256: DIGEST }]",
        "keys: [{ name: a, sha256: DIGEST, rate: SECRET, burst: SECRET }]", "keys: [{ name: a, sha256: *SECRET }]",
        "keys: [{ name: &SECRET a, sha256: DIGEST }]", "keys: [{ name: !SECRET a, sha256: DIGEST }]",
        "keys: [{ name: !SECRET!a a, sha256: DIGEST }]", "%SECRET\n---\nkeys: []", "keys: [{ name: \"SECRET",
        "keys: [{ [SECRET]: 1, { SECRET: 1 }: 2 }]", "SECRET", "keys: []\n---\nSECRET: 1", "keys: []\nSECRET\n",
    ])
    func defectsQuoteNothingOfTheFile(text: String) {
        let text = text.replacingOccurrences(of: "SECRET", with: "triage_0a1b").replacingOccurrences(
            of: "DIGEST",
            with: String(repeating: "5", count: 64)
        )
        do throws(KeysFileError) {
            _ = try KeysFile.keys(Array(text.utf8), file: "keys.yaml")
            Issue.record("read")
        } catch {
            #expect(error.description.hasPrefix("keys.yaml:"))
            #expect(!error.description.contains("0a1b"), "\(error)")
        }
    }
}
