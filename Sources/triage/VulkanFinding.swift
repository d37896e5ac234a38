import Encoder
import StrictJSON
import VulkanBackend

/// The devices that Vulkan offers and what they can do for the network.
func vulkanFinding() -> Finding {
    let devices: [VulkanDevice]
    do throws(EncoderError) { devices = try VulkanDevice.all() } catch {
        return Finding(key: "vulkan", title: "Vulkan", error: error.description)
    }
    let chosen = try? VulkanDevice.selected(nil).index
    let rows = devices.flatMap { $0.rows(isChosen: $0.index == chosen) }
    return Finding(
        key: "vulkan",
        title: "Vulkan",
        rows: rows.isEmpty ? ["no devices"] : rows,
        details: ["devices": .array(devices.map { .object($0.details(isChosen: $0.index == chosen)) })]
    )
}

extension VulkanDevice {
    fileprivate func rows(isChosen: Bool) -> [String] {
        let use =
            !hasAddresses
            ? "cannot be used: lacks Vulkan 1.2 with bufferDeviceAddress"
            : isChosen
                ? "what --backend vulkan and auto take"
                : "taken where --device \(index) says so"
        let integers =
            integerMatrix.map { "matrices of bytes \($0)" }
            ?? (hasFastIntegerDot ? "dot products of bytes" : "no fast arithmetic of bytes")
        let clock = timestampPeriod > 0 ? "a clock of \(timestampPeriod) ns" : "no clock"
        return [
            "\(index): \(name) (\(kind.rawValue)), Vulkan \(version), driver \(driver)",
            "   \(use)",
            "   \(memory >> 20) MiB, \(sharedMemory >> 10) KiB shared by up to \(workgroupSize) threads, "
                + "subgroups of \(subgroupSizes.lowerBound) to \(subgroupSizes.upperBound)",
            "   \(integers)\(halfMatrix.map { ", matrices of halves \($0)" } ?? ""), \(clock)",
        ]
    }

    fileprivate func details(isChosen: Bool) -> JSONObject {
        func shape(_ matrix: MatrixShape?) -> JSONValue {
            matrix.map { .array([JSONValue($0.rows), JSONValue($0.columns), JSONValue($0.inner)]) } ?? .null
        }
        return [
            "index": JSONValue(index), "name": .string(name), "type": .string(kind.rawValue),
            "api_version": .string(version), "driver": .string(driver), "identity": .string(identity),
            "usable": .bool(hasAddresses), "chosen": .bool(isChosen), "memory": JSONValue(memory),
            "maximum_allocation": JSONValue(maximumAllocation), "shared_memory": JSONValue(sharedMemory),
            "workgroup_size": JSONValue(workgroupSize), "subgroup_size": JSONValue(subgroupSize),
            "minimum_subgroup_size": JSONValue(subgroupSizes.lowerBound),
            "maximum_subgroup_size": JSONValue(subgroupSizes.upperBound),
            "subgroup_size_control": .bool(hasSubgroupSizeControl),
            "timestamp_nanoseconds": .number(timestampPeriod),
            "integer_dot_product": .bool(hasIntegerDot), "fast_integer_dot_product": .bool(hasFastIntegerDot),
            "half": .bool(hasHalf), "integer_matrix": shape(integerMatrix), "half_matrix": shape(halfMatrix),
        ]
    }
}
