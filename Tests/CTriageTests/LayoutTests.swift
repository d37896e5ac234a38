import CTriageHeader
import Testing

@testable import CTriage
@testable import TriageRouter

/// Hosts are compiled against version 1: what it has never moves.
struct LayoutTests {
    @Test func structuresHaveTheSizesOfTheirFirstVersion() {
        #expect(MemoryLayout<triage_error>.size == 1040)
        #expect(MemoryLayout<triage_decision>.size == 792)
        #expect(MemoryLayout<triage_counts>.size == 40)
        #expect(MemoryLayout<triage_info>.offset(of: \.device_notice) == FirstSize.info)
        #expect(FirstSize.info == 224 && MemoryLayout<triage_info>.size == 480)
        #expect(MemoryLayout<triage_decision>.alignment == 8)
    }

    @Test func fieldsOfADecisionAreWhereTheyWere() {
        #expect(MemoryLayout<triage_decision>.offset(of: \.generation) == 8)
        #expect(MemoryLayout<triage_decision>.offset(of: \.latency_ms) == 32)
        #expect(MemoryLayout<triage_decision>.offset(of: \.out_of_scope) == 48)
        #expect(MemoryLayout<triage_decision>.offset(of: \.flags) == 60)
        #expect(MemoryLayout<triage_decision>.offset(of: \.route) == 64)
        #expect(MemoryLayout<triage_decision>.offset(of: \.reason) == 576)
        #expect(MemoryLayout<triage_decision>.offset(of: \.backend) == 760)
    }

    @Test func namesOfAPolicyFit() {
        #expect(PolicyLimits().nameBytes == Handle.maximumNameBytes)
        #expect(MemoryLayout.size(ofValue: triage_decision().target) == Handle.maximumNameBytes + 1)
        #expect(MemoryLayout.size(ofValue: triage_decision().rule) == Handle.maximumNameBytes + 1)
    }

    @Test func aStringIsCutBetweenCharacters() {
        var error = triage_error()
        write(String(repeating: "a", count: 1022) + "é", to: &error.message)
        #expect(string(&error.message) == String(repeating: "a", count: 1022))
        write(String(repeating: "a", count: 1021) + "é", to: &error.message)
        #expect(string(&error.message) == String(repeating: "a", count: 1021) + "é")
        write("", to: &error.message)
        #expect(string(&error.message).isEmpty)
    }
}
