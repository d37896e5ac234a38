import Testing
import TriageRouter

@testable import Benchmarks

struct RouterWorkloadTests {
    /// Every rule can apply, whatever the labels are called.
    @Test func policiesAreValid() throws {
        let labels = ["human", "a \"b\" \\ c", "yes", "#1: {x}"]
        #expect(try RouterWorkload.policy(labels, rules: 1_000).defects(labels: labels).isEmpty)
        #expect(try RouterWorkload.policy(labels, rules: 0).defects(labels: labels).isEmpty)
    }
}
