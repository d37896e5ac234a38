import CPUBackend
import Encoder
import Glibc
import Testing

@testable import EncoderTestSupport

/// The choice of kernels. Each test that sets the environment does so in a process of its own.
@Suite struct InstructionSetTests {
    @Test func scalarIsAlwaysThere() {
        #expect(InstructionSet.available.first == .scalar)
    }

    @Test func unknownNamesFail() async {
        await #expect(processExitsWith: .success) {
            unsafe setenv("TRIAGE_ISA", "sse9", 1)
            let error = #expect(throws: EncoderError.self) { try InstructionSet.selected() }
            #expect(error?.description.contains("TRIAGE_ISA is \"sse9\", expected one of scalar") == true)
            #expect(throws: EncoderError.self) { try TinyNetwork().backend(.int8) }
        }
    }

    /// Those of another processor, if nothing else: no machine has both AVX2 and NEON.
    @Test func setsThatAreNotThereFail() async {
        await #expect(processExitsWith: .success) {
            let missing = Set(InstructionSet.allCases).subtracting(InstructionSet.available)
            #expect(!missing.isDisjoint(with: [.avx2, .neon]))
            for set in missing {
                unsafe setenv("TRIAGE_ISA", set.rawValue, 1)
                let error = #expect(throws: EncoderError.self) { try InstructionSet.selected() }
                #expect(error?.description.contains("TRIAGE_ISA is \"\(set.rawValue)\", but this machine") == true)
            }
        }
    }

    @Test func anEmptyNameForcesNothing() async {
        await #expect(processExitsWith: .success) {
            unsafe setenv("TRIAGE_ISA", "", 1)
            let selected = try InstructionSet.selected()
            #expect(selected == InstructionSet.available.last)
        }
    }

    @Test func forcedSetsAreUsed() async {
        await #expect(processExitsWith: .success) {
            for set in InstructionSet.available {
                unsafe setenv("TRIAGE_ISA", set.rawValue, 1)
                let selected = try InstructionSet.selected()
                #expect(selected == set)
                let backend = try TinyNetwork().backend(.int8)
                #expect(backend.name == "cpu-int8-\(set.rawValue)")
            }
        }
    }

    @Test func theBestIsChosenUnforced() async {
        await #expect(processExitsWith: .success) {
            unsafe unsetenv("TRIAGE_ISA")
            let selected = try InstructionSet.selected()
            #expect(selected == InstructionSet.available.last)
        }
    }
}
