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
        try guarding { () throws(EncoderError) in try device.run(batch, threads: threads, into: &output) }
    }

    func runFirstStage(_ batch: TokenBatch, into outputs: inout [Float]) throws(EncoderError) {
        try guarding { () throws(EncoderError) in try device.runFirstStage(batch, into: &outputs) }
    }

    private func guarding(_ body: () throws(EncoderError) -> Void) throws(EncoderError) {
        if let failure { throw .deviceFailed(failure) }
        do throws(EncoderError) { try body() } catch {
            // The CPU would say the same of a bad batch; whether it says so of all else it is to find out itself.
            if case .invalidBatch = error { throw error }
            let reason = error.description
            firstFailure.withLock { $0 = $0 ?? reason }
            throw .deviceFailed(reason)
        }
    }
}
