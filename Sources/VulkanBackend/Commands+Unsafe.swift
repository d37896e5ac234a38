internal import CVulkan
import Encoder

/// Commands that are recorded once and executed any number of times, by one thread at a time.
@safe
final class Commands {
    private let device: Device
    private let handle: OpaquePointer
    /// What the commands use lives as long as they do.
    private var kept: [AnyObject] = []
    /// What is timed, in order.
    private var timed: [String] = []
    private let timestampCapacity: Int

    /// `timedSteps`: how many steps can be timed; none are where the device has no clock.
    init(_ device: Device, timedSteps: Int = 0) throws(EncoderError) {
        var failure = triage_vulkan_failure()
        timestampCapacity = timedSteps == 0 || device.description.timestampPeriod == 0 ? 0 : timedSteps + 1
        let capacity = UInt32(timestampCapacity)
        guard let handle = unsafe triage_vulkan_create_commands(device.handle, capacity, &failure) else {
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
        unsafe triage_vulkan_timestamp(handle)
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

    /// Ends a step that is timed, if steps are.
    func timestamp(after step: String) {
        guard timed.count + 1 < timestampCapacity else { return }
        timed.append(step)
        unsafe triage_vulkan_timestamp(handle)
    }

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

    /// How long each timed step of the last execution took, in nanoseconds; empty where the device has no clock.
    func durations() -> [(step: String, nanoseconds: Double)] {
        guard !timed.isEmpty else { return [] }
        let ticks = unsafe [UInt64](unsafeUninitializedCapacity: timestampCapacity) { ticks, initialised in
            let count = unsafe triage_vulkan_read_timestamps(handle, ticks.baseAddress, UInt32(timestampCapacity))
            initialised = Int(count)
        }
        return zip(timed, zip(ticks, ticks.dropFirst())).map { step, ticks in
            // The clock may start again in between.
            let elapsed = (ticks.1 &- ticks.0) & (.max >> (64 - min(64, device.description.timestampBits)))
            return (step, Double(elapsed) * device.description.timestampPeriod)
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
