internal import CKernels

/// The multiply-accumulate that linear layers are made of, as an instruction set offers it.
package enum MultiplyAccumulate: String, CaseIterable, Sendable {
    /// Of bytes into 32-bit sums.
    case integer
    /// Of 32-bit floating point.
    case float
}

extension InstructionSet {
    /// The instruction that does most of them at once.
    package func instruction(of operation: MultiplyAccumulate) -> String {
        switch (self, operation) {
        case (.scalar, _): "multiply, add"
        case (.avx2, .integer): "vpmaddubsw, vpmaddwd, vpaddd ymm"
        case (.avxvnni, .integer): "vpdpbusd ymm"
        case (.avx512vnni, .integer): "vpdpbusd zmm"
        case (.avx2, .float), (.avxvnni, .float): "vfmadd ymm"
        case (.avx512vnni, .float): "vfmadd zmm"
        case (.neon, .integer): "sdot"
        case (.neon, .float): "fmla"
        }
    }

    /// The greatest rate of one core, in multiply-accumulates a second: the best of the stretches of half a millisecond
    /// that fit into `duration`, with operands in registers. Nil where this machine lacks the instruction.
    package func peak(of operation: MultiplyAccumulate, measuredFor duration: Duration) -> Double? {
        let stretch = Duration.microseconds(500)
        let start = ContinuousClock.now
        var rounds: Int64 = 1 << 10
        var best: Double?
        repeat {
            let begin = ContinuousClock.now
            let count = triage_peak(identifier, operation == .integer, rounds)
            let elapsed = ContinuousClock.now - begin
            guard count > 0 else { return nil }
            if elapsed >= stretch {
                best = max(best ?? 0, Double(count) / (elapsed / .seconds(1)))
            } else {
                rounds *= 2
            }
        } while best == nil || ContinuousClock.now - start < duration
        return best
    }
}
