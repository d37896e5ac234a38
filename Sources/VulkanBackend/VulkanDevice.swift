package import Encoder

/// A device that Vulkan offers, and what it can do.
package struct VulkanDevice: Sendable {
    package enum Kind: String, Sendable {
        case discrete, integrated, virtual, software, other
    }

    /// The sizes of matrices that a subgroup multiplies at once: rows × inner by inner × columns.
    package struct MatrixShape: Sendable, Equatable, CustomStringConvertible {
        package let rows, columns, inner: Int

        package var description: String { "\(rows)x\(columns)x\(inner)" }
    }

    /// Its place among `all()`.
    package let index: Int
    package let name: String
    /// The driver's name and version; empty where it does not say.
    package let driver: String
    package let kind: Kind
    /// Of Vulkan, as the device supports it.
    package let version: String
    /// Of the device and its driver, the same as long as both are: for what is kept of them.
    package let identity: String
    /// Bytes of the largest heap of its own, and the most of one allocation.
    package let memory, maximumAllocation: Int
    /// Bytes that a workgroup shares, and its threads, at most.
    package let sharedMemory, workgroupSize: Int
    package let subgroupSize: Int
    package let subgroupSizes: ClosedRange<Int>
    /// Nanoseconds of a tick of its clock; 0 without one. And how many bits of the ticks count.
    package let timestampPeriod: Double
    let timestampBits: Int
    /// Whether shaders can use addresses of buffers, without which nothing here runs.
    package let hasAddresses: Bool
    /// Whether it multiplies and adds four pairs of bytes by one instruction; `hasFast…`: in hardware.
    package let hasIntegerDot, hasFastIntegerDot: Bool
    /// 16-bit floating point.
    package let hasHalf: Bool
    package let hasSubgroupSizeControl: Bool
    /// Of signed bytes into 32 bits, and of 16-bit floating point into 32 bits; nil where it cannot.
    package let integerMatrix, halfMatrix: MatrixShape?

    /// The device of that number, or the first with that text in its name, whatever the case; without a choice the first discrete
    /// one, else integrated, else virtual. A device in software is taken only where it is chosen.
    /// - Throws: `EncoderError.unavailable` where there is none, with those that there are.
    package static func selected(_ choice: String?) throws(EncoderError) -> VulkanDevice {
        try selected(choice, among: all())
    }

    static func selected(_ choice: String?, among devices: [VulkanDevice]) throws(EncoderError) -> VulkanDevice {
        let names = devices.map { "\($0.index): \($0.name) (\($0.kind.rawValue))" }.joined(separator: ", ")
        guard !devices.isEmpty else { throw .unavailable("Vulkan has no devices here") }
        let candidates: [VulkanDevice]
        if let choice {
            // Digits are a number and nothing else: the names of devices are full of them.
            let isNumber = choice.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            candidates = devices.filter { device in
                isNumber
                    ? String(device.index) == choice
                    : device.name.lowercased().contains(choice.lowercased())
            }
            guard !candidates.isEmpty else {
                throw .unavailable("no Vulkan device is called \(choice.debugDescription); there are \(names)")
            }
        } else {
            candidates = [Kind.discrete, .integrated, .virtual].flatMap { kind in devices.filter { $0.kind == kind } }
            guard !candidates.isEmpty else {
                throw .unavailable("no GPU among the Vulkan devices; one of these can be named: \(names)")
            }
        }
        guard let device = candidates.first(where: \.hasAddresses) else {
            throw .unavailable(
                "\(candidates[0].name) lacks Vulkan 1.2 with bufferDeviceAddress, which the shaders need"
            )
        }
        return device
    }
}
