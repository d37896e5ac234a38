internal import CVulkan
import Encoder

/// Memory that shaders reach by its address.
///
/// `@unchecked Sendable`: who writes and reads it when is the business of the commands that use it.
@safe
final class DeviceBuffer: @unchecked Sendable {
    enum Placement {
        case onDevice, staging, upload, download
    }

    let device: Device
    let byteCount: Int
    let handle: OpaquePointer
    /// A multiple of 16.
    let address: UInt64
    /// Nil on the device.
    private let bytes: UnsafeMutableRawPointer?

    init(_ device: Device, byteCount: Int, _ placement: Placement) throws(EncoderError) {
        let byteCount = max(16, byteCount)
        let kind =
            switch placement {
            case .onDevice: TRIAGE_VULKAN_ON_DEVICE
            case .staging: TRIAGE_VULKAN_STAGING
            case .upload: TRIAGE_VULKAN_UPLOAD
            case .download: TRIAGE_VULKAN_DOWNLOAD
            }
        var failure = triage_vulkan_failure()
        guard let handle = unsafe triage_vulkan_create_buffer(device.handle, UInt64(byteCount), kind, &failure) else {
            throw EncoderError(failure)
        }
        address = unsafe triage_vulkan_buffer_address(handle)
        // Shaders read 16 bytes at once; a driver aligns what it allocates to a page.
        guard address != 0, address % 16 == 0 else {
            unsafe triage_vulkan_destroy_buffer(handle)
            throw .deviceFailed("\(device.description.name) gives a buffer an address that cannot be used, \(address)")
        }
        self.device = device
        self.byteCount = byteCount
        unsafe self.handle = handle
        unsafe bytes = triage_vulkan_buffer_bytes(handle)
    }

    deinit {
        if device.isUsable { unsafe triage_vulkan_destroy_buffer(handle) }
    }

    /// Copies values to a byte offset; the buffer is mapped and holds them.
    func write<Element: BitwiseCopyable>(_ values: ArraySlice<Element>, at offset: Int = 0) {
        unsafe values.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            unsafe span(offset, source.count).copyMemory(from: base, byteCount: source.count)
        }
    }

    /// Appends elements from a byte offset; the buffer is mapped and holds them.
    func append<Element: BitwiseCopyable>(_ count: Int, from offset: Int = 0, to array: inout [Element]) {
        let start = unsafe span(offset, count * MemoryLayout<Element>.stride)
        unsafe array.append(
            contentsOf: UnsafeBufferPointer(start: start.assumingMemoryBound(to: Element.self), count: count)
        )
    }

    private func span(_ offset: Int, _ count: Int) -> UnsafeMutableRawPointer {
        precondition(offset >= 0 && count >= 0 && offset <= byteCount && count <= byteCount - offset)
        guard let bytes = unsafe bytes else { preconditionFailure("the buffer is not mapped") }
        return unsafe bytes + offset
    }
}
