internal import CKernels
package import Encoder
import Glibc

/// The instruction sets for which there are kernels, best of a machine last.
package enum InstructionSet: String, Sendable, CaseIterable {
    case scalar
    case avx2
    case avxvnni
    case avx512vnni
    case neon

    var identifier: triage_isa {
        switch self {
        case .scalar: TRIAGE_ISA_SCALAR
        case .avx2: TRIAGE_ISA_AVX2
        case .avxvnni: TRIAGE_ISA_AVXVNNI
        case .avx512vnni: TRIAGE_ISA_AVX512VNNI
        case .neon: TRIAGE_ISA_NEON
        }
    }

    /// Those that this CPU and operating system support.
    package static var available: [InstructionSet] { allCases.filter { $0.kernels != nil } }

    var kernels: Kernels? {
        guard let table = unsafe triage_kernels_for(identifier) else { return nil }
        return unsafe Kernels(table: table)
    }

    /// The best one available, or the one that the environment variable `TRIAGE_ISA` forces.
    /// Throws `EncoderError.unavailable` when that is unknown here or not supported by this machine.
    package static func selected() throws(EncoderError) -> InstructionSet {
        guard let value = unsafe getenv("TRIAGE_ISA"), unsafe value.pointee != 0 else {
            return available.last ?? .scalar
        }
        let forced = unsafe String(cString: value)
        let names = allCases.map(\.rawValue).joined(separator: ", ")
        guard let set = InstructionSet(rawValue: forced) else {
            throw .unavailable("TRIAGE_ISA is \"\(forced)\", expected one of \(names)")
        }
        guard set.kernels != nil else {
            throw .unavailable("TRIAGE_ISA is \"\(forced)\", but this machine does not support it")
        }
        return set
    }
}
