import CVulkan

/// A device that Vulkan offers.
struct VulkanDevice {
    let name: String
    let type: String
    let apiVersion: String
    /// Empty where the device does not say.
    let driver: String
}

/// Vulkan cannot be used here.
struct VulkanUnavailable: Error {
    let reason: String
}

func vulkanDevices() throws(VulkanUnavailable) -> [VulkanDevice] {
    var devices = [triage_vulkan_device](repeating: triage_vulkan_device(), count: 16)
    var reason = [CChar](repeating: 0, count: Int(TRIAGE_VULKAN_REASON_SIZE))
    let count = unsafe triage_vulkan_list_devices(&devices, Int32(devices.count), &reason)
    guard count >= 0 else { throw VulkanUnavailable(reason: text(of: reason.map { UInt8(truncatingIfNeeded: $0) })) }
    return devices.prefix(Int(count)).map { device in
        VulkanDevice(
            name: text(of: unsafe withUnsafeBytes(of: device.name) { unsafe Array($0) }),
            type: typeName(device.type),
            apiVersion: "\(device.version_major).\(device.version_minor).\(device.version_patch)",
            driver: text(of: unsafe withUnsafeBytes(of: device.driver) { unsafe Array($0) })
        )
    }
}

/// Of characters that end with 0. C's are signed on some machines and unsigned on others, such as 64-bit ARM.
private func text(of characters: [UInt8]) -> String {
    String(decoding: characters.prefix { $0 != 0 }, as: UTF8.self)
}

private func typeName(_ type: triage_vulkan_device_type) -> String {
    switch type {
    case TRIAGE_VULKAN_INTEGRATED: "integrated GPU"
    case TRIAGE_VULKAN_DISCRETE: "discrete GPU"
    case TRIAGE_VULKAN_VIRTUAL: "virtual GPU"
    case TRIAGE_VULKAN_CPU: "CPU"
    default: "other"
    }
}
