internal import CVulkan
import Encoder
import Synchronization

/// An open device. Buffers, pipelines and commands keep it open.
///
/// `@unchecked Sendable`: the C module locks what one thread at a time may use.
@safe
final class Device: @unchecked Sendable {
    let description: VulkanDevice
    let handle: OpaquePointer
    /// Set once it does not answer. What it may still be using is then never freed.
    private let failure = Mutex<EncoderError?>(nil)

    /// `cache`: what `pipelineCache()` returned earlier; empty for none.
    init(_ description: VulkanDevice, cache: [UInt8]) throws(EncoderError) {
        var failure = triage_vulkan_failure()
        let handle = unsafe cache.withUnsafeBytes { bytes in
            unsafe triage_vulkan_open(Int32(description.index), bytes.baseAddress, bytes.count, &failure)
        }
        guard let handle = unsafe handle else { throw EncoderError(failure) }
        self.description = description
        unsafe self.handle = handle
    }

    deinit {
        if isUsable { unsafe triage_vulkan_close(handle) }
    }

    var isUsable: Bool { failure.withLock { $0 == nil } }

    /// Throws the failure after which the device is not used any more.
    func check() throws(EncoderError) {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Gives the device up.
    func fail(_ error: EncoderError) { failure.withLock { $0 = $0 ?? error } }

    /// Pipelines compiled so far, for later; empty where the driver has none to give.
    func pipelineCache() -> [UInt8] {
        let count = unsafe triage_vulkan_cache(handle, nil, 0)
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { bytes, initialised in
            initialised = unsafe count == 0 ? 0 : triage_vulkan_cache(handle, bytes.baseAddress, count)
        }
    }
}
