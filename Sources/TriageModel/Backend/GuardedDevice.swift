import Encoder
import Synchronization

/// A device that is used until it fails for the first time; from then on it is asked nothing more, and the CPU is to run what
/// it is given.
final class GuardedDevice: EncoderBackend {
    let device: any EncoderBackend
    let fallback: (any EncoderBackend)?
    /// Names the device and its driver.
    let identity: String
    private let firstFailure = Mutex<String?>(nil)

    init(_ device: any EncoderBackend, identity: String, fallback: any EncoderBackend) {
        self.device = device
        self.identity = identity
        self.fallback = fallback
    }

    /// Why it is not used any more; nil while it works.
    var failure: String? { firstFailure.withLock { $0 } }

    var name: String { device.name }
    var preferredTokenCount: Int { device.preferredTokenCount }
    var minimumTokenCount: Int { device.minimumTokenCount }

    func run(_ batch: TokenBatch, threads: Int, into output: inout EncoderOutput) throws(EncoderError) {
        try guarding({ () throws(EncoderError) in try device.run(batch, threads: threads, into: &output) }) {
            () throws(EncoderError) in
            var expected = EncoderOutput()
            try fallback?.run(batch, threads: threads, into: &expected)
        }
    }

    func runFirstStage(_ batch: TokenBatch, into outputs: inout [Float]) throws(EncoderError) {
        try guarding({ () throws(EncoderError) in try device.runFirstStage(batch, into: &outputs) }) {
            () throws(EncoderError) in
            var expected: [Float] = []
            try fallback?.runFirstStage(batch, into: &expected)
        }
    }

    /// `confirm`: the same on the CPU.
    private func guarding(
        _ body: () throws(EncoderError) -> Void,
        confirm: () throws(EncoderError) -> Void
    ) throws(EncoderError) {
        if let failure { throw .deviceFailed(failure) }
        do throws(EncoderError) { try body() } catch {
            // What the CPU says too is no fault of the device.
            if case .invalidBatch = error { throw error }
            if case .notFinite = error { try confirm() }
            let reason = error.description
            firstFailure.withLock { $0 = $0 ?? reason }
            throw .deviceFailed(reason)
        }
    }
}
