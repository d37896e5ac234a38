internal import CShaders
internal import CVulkan
import Encoder

/// A shader with its constants, compiled for a device.
///
/// `@unchecked Sendable`: immutable.
@safe
final class Pipeline: @unchecked Sendable {
    /// The shader's name.
    let name: String
    let device: Device
    let handle: OpaquePointer

    /// `constants` are the shader's specialisation constants 0, 1, 2 …; `subgroupSize`: what it relies on, nil for any.
    init(_ name: String, _ constants: [UInt32], subgroupSize: Int? = nil, on device: Device) throws(EncoderError) {
        guard let shader = unsafe triage_shader_named(name) else { preconditionFailure("no shader is called \(name)") }
        var failure = triage_vulkan_failure()
        let handle = unsafe triage_vulkan_create_pipeline(
            device.handle,
            shader.pointee.words,
            shader.pointee.byte_count,
            constants,
            UInt32(constants.count),
            UInt32(subgroupSize ?? 0),
            &failure
        )
        guard let handle = unsafe handle else { throw EncoderError(failure) }
        self.name = name
        self.device = device
        unsafe self.handle = handle
    }

    deinit {
        if device.isUsable { unsafe triage_vulkan_destroy_pipeline(handle) }
    }
}
