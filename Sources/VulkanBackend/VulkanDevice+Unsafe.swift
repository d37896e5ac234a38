internal import CVulkan
package import Encoder

extension VulkanDevice {
    /// The devices that Vulkan offers, in its order. Opens the loader and the drivers the first time; what it finds does
    /// not change afterwards.
    /// - Throws: `EncoderError.unavailable` where there is no loader or no driver that works.
    package static func all() throws(EncoderError) -> [VulkanDevice] {
        var list = [triage_vulkan_device_info](repeating: triage_vulkan_device_info(), count: 16)
        var failure = triage_vulkan_failure()
        let count = unsafe triage_vulkan_list_devices(&list, Int32(list.count), &failure)
        guard count >= 0 else { throw EncoderError(failure) }
        return list.prefix(Int(count)).enumerated().map { VulkanDevice(index: $0, $1) }
    }

    private init(index: Int, _ info: triage_vulkan_device_info) {
        self.index = index
        name = unsafe withUnsafeBytes(of: info.name) { unsafe String(terminated: $0) }
        driver = unsafe withUnsafeBytes(of: info.driver) { unsafe String(terminated: $0) }
        kind =
            switch info.type {
            case TRIAGE_VULKAN_DISCRETE: .discrete
            case TRIAGE_VULKAN_INTEGRATED: .integrated
            case TRIAGE_VULKAN_VIRTUAL: .virtual
            case TRIAGE_VULKAN_CPU: .software
            default: .other
            }
        version = "\(info.version_major).\(info.version_minor).\(info.version_patch)"
        identity = unsafe withUnsafeBytes(of: info.identity) { bytes in
            unsafe bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        }
        memory = Int(clamping: info.memory)
        maximumAllocation = Int(clamping: info.maximum_allocation)
        sharedMemory = Int(info.shared_memory)
        workgroupSize = Int(info.workgroup_size)
        subgroupSize = Int(info.subgroup_size)
        subgroupSizes =
            Int(
                info.minimum_subgroup_size
            )...max(
                Int(info.minimum_subgroup_size),
                Int(info.maximum_subgroup_size)
            )
        timestampPeriod = Double(info.timestamp_period)
        timestampBits = Int(info.timestamp_bits)
        hasAddresses = info.has_addresses
        hasIntegerDot = info.has_integer_dot
        hasFastIntegerDot = info.has_fast_integer_dot
        hasHalf = info.has_half
        hasSubgroupSizeControl = info.has_subgroup_size_control
        integerMatrix = MatrixShape(info.integer_matrix)
        halfMatrix = MatrixShape(info.half_matrix)
    }
}

extension VulkanDevice.MatrixShape {
    fileprivate init?(_ matrix: triage_vulkan_matrix) {
        guard matrix.rows > 0 else { return nil }
        self.init(rows: Int(matrix.rows), columns: Int(matrix.columns), inner: Int(matrix.inner))
    }
}

extension EncoderError {
    init(_ failure: triage_vulkan_failure) {
        let reason = unsafe withUnsafeBytes(of: failure.reason) { unsafe String(terminated: $0) }
        switch failure.status {
        case TRIAGE_VULKAN_UNAVAILABLE, TRIAGE_VULKAN_UNSUPPORTED: self = .unavailable("Vulkan: \(reason)")
        default: self = .deviceFailed("Vulkan: \(reason)")
        }
    }
}

extension String {
    /// Of characters that end with 0.
    fileprivate init(terminated bytes: UnsafeRawBufferPointer) {
        self.init(decoding: unsafe Array(bytes.prefix { $0 != 0 }), as: UTF8.self)
    }
}
