import Foundation

@testable import TriageRouter

/// Policies for tests.
enum PolicySample {
    /// One that uses every key, for labels script, remote and human.
    static let everything: String = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let bytes = (try? Data(contentsOf: folder.appending(path: "Fixtures/triage.yaml"))) ?? Data()
        return String(decoding: bytes, as: UTF8.self)
    }()

    /// The shortest for the same labels: seven lines, to which others can be added from line 8 on.
    static let shortest = """
        version: 1
        currency: EUR
        baseline: large
        handlers: { faq: { route: script, price: 0, latency_ms: 1 }, large: { route: remote, price: 1, latency_ms: 9 } }
        labels: { script: faq, remote: large, human: large }
        fallback: large
        # the rest follows

        """

    static func policy(_ yaml: String, limits: PolicyLimits = PolicyLimits()) throws(PolicyError) -> Policy {
        try Policy(Array(yaml.utf8), file: "f", limits: limits)
    }

    /// What is wrong with a policy, without the file's name.
    static func defects(_ yaml: String, limits: PolicyLimits = PolicyLimits()) -> [String] {
        do throws(PolicyError) {
            _ = try policy(yaml, limits: limits)
            return []
        } catch {
            return error.description.split(separator: "\n").map {
                $0.hasPrefix("f:") ? String($0.dropFirst(2)) : "?\($0)"
            }
        }
    }
}
