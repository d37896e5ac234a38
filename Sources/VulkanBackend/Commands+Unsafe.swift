internal import CVulkan
import Encoder

/// Commands that are recorded once and executed any number of times, by one thread at a time.
@safe
final class Commands {
    private let device: Device
    private let handle: OpaquePointer
    /// What the commands use lives as long as they do.
    private var kept: [AnyObject] = []

    /// `timestamps`: how many there are at most.
    init(_ device: Device, timestamps: Int = 0) throws(EncoderError) {
        var failure = triage_vulkan_failure()
        guard let handle = unsafe triage_vulkan_create_commands(device.handle, UInt32(timestamps), &failure) else {
            throw EncoderError(failure)
        }
        self.device = device
        unsafe self.handle = handle
    }

    deinit {
        if device.isUsable { unsafe triage_vulkan_destroy_commands(handle) }
    }

    /// Records what `body` asks for, once.
    func record(_ body: (Commands) throws(EncoderError) -> Void) throws(EncoderError) {
        var failure = triage_vulkan_failure()
        guard unsafe triage_vulkan_begin(handle, &failure) else { throw EncoderError(failure) }
        try body(self)
        guard unsafe triage_vulkan_end(handle, &failure) else { throw EncoderError(failure) }
    }

    /// How many workgroups there are.
    enum Workgroups {
        case count(Int, Int = 1, Int = 1)
        /// Read at execution from three words at this offset of the buffer.
        case indirect(DeviceBuffer, offset: Int)
    }

    func dispatch(_ pipeline: Pipeline, _ push: PushConstants, _ workgroups: Workgroups) {
        kept.append(pipeline)
        let words = push.words
        switch workgroups {
        case .count(let x, let y, let z):
            unsafe triage_vulkan_dispatch(
                handle,
                pipeline.handle,
                words,
                UInt32(4 * words.count),
                UInt32(x),
                UInt32(y),
                UInt32(z)
            )
        case .indirect(let buffer, let offset):
            kept.append(buffer)
            unsafe triage_vulkan_dispatch_indirect(
                handle,
                pipeline.handle,
                words,
                UInt32(4 * words.count),
                buffer.handle,
                UInt64(offset)
            )
        }
    }

    func copy(_ byteCount: Int, from: DeviceBuffer, to: DeviceBuffer, at offset: Int) {
        kept += [from, to]
        unsafe triage_vulkan_copy(handle, from.handle, 0, to.handle, UInt64(offset), UInt64(byteCount))
    }

    /// What was recorded before is complete before what is recorded after begins.
    func barrier() { unsafe triage_vulkan_barrier(handle) }

    func timestamp() { unsafe triage_vulkan_timestamp(handle) }

    /// Executes the commands; their results are visible to the host afterwards. A device that does not end in time or is
    /// lost is given up.
    func execute(timeout: Duration) throws(EncoderError) {
        try device.check()
        var failure = triage_vulkan_failure()
        let nanoseconds = UInt64(max(0, timeout / .nanoseconds(1)))
        guard unsafe triage_vulkan_submit(handle, &failure), unsafe triage_vulkan_wait(handle, nanoseconds, &failure)
        else {
            let error = EncoderError(failure)
            device.fail(error)
            throw error
        }
    }

    /// Ticks of the timestamps of the last execution; empty where the device gives none.
    func timestamps(_ count: Int) -> [UInt64] {
        unsafe [UInt64](unsafeUninitializedCapacity: count) { ticks, initialised in
            initialised = Int(unsafe triage_vulkan_read_timestamps(handle, ticks.baseAddress, UInt32(count)))
        }
    }
}

/// What a shader is told: addresses of buffers, then numbers, as its push constants list them.
struct PushConstants {
    private(set) var words: [UInt32] = []

    init(_ addresses: [UInt64], _ numbers: [UInt32] = []) {
        precondition(8 * addresses.count + 4 * numbers.count <= Int(TRIAGE_VULKAN_PUSH_SIZE))
        for address in addresses { words += [UInt32(truncatingIfNeeded: address), UInt32(address >> 32)] }
        words += numbers
    }
}
