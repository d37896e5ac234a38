package import Encoder

/// A device that Vulkan offers.
package struct VulkanDevice: Sendable {
    /// What kind of processor it is.
    package enum Kind: Sendable { case discrete, integrated, virtual, software, other }

    package let index: Int
    package let name: String
    package let driver: String
    package let kind: Kind
    /// The device's UUID and the driver's version, for caches.
    package let identity: String

    /// Throws `EncoderError.unavailable` where there is no loader or driver.
    package static func all() throws(EncoderError) -> [VulkanDevice] { throw .unavailable(reason) }

    /// The one with this number, or this in its name; nil for the best that is not software.
    package static func selected(_ choice: String?) throws(EncoderError) -> VulkanDevice { throw .unavailable(reason) }

    static let reason = "this build cannot compute on a GPU"
}

/// The network on a GPU.
package final class VulkanBackend: EncoderBackend {
    /// The arithmetic of the linear layers inside the encoder.
    package enum Arithmetic: String, Sendable {
        case int8
        case float32 = "f32"
    }

    package let name: String
    package let preferredTokenCount = 16_384
    package let minimumTokenCount = 4_096

    /// Uploads the weights.
    package init(
        configuration: EncoderConfiguration,
        head: HeadConfiguration,
        weights: EncoderWeights,
        firstStage: FirstStageWeights?,
        arithmetic: Arithmetic,
        device: VulkanDevice,
        cacheDirectory: String?
    ) throws(EncoderError) {
        name = "vulkan-\(arithmetic.rawValue)"
        throw .unavailable(VulkanDevice.reason)
    }

    package func run(_ batch: TokenBatch, threads: Int, into output: inout EncoderOutput) throws(EncoderError) {
        throw .unavailable(VulkanDevice.reason)
    }

    package func runFirstStage(_ batch: TokenBatch, into outputs: inout [Float]) throws(EncoderError) {
        throw .unavailable(VulkanDevice.reason)
    }
}
