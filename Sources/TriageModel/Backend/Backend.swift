/// What a model computes on.
public enum Backend: String, Sendable, CaseIterable {
    /// The processor. The default: nothing is asked of a GPU, so that loading takes no time for it and no device memory.
    case cpu
    /// The GPU alone, through Vulkan. Loading fails where that cannot be used or computes other values than the CPU, and
    /// calls fail where it does.
    case vulkan
    /// The processor, and for calls of many texts the GPU where there is one that is faster. It is looked for once there is
    /// enough work to be worth it, which takes that call some tenths of a second: it is compared with the CPU, and from which
    /// number of tokens it wins is measured, unless an earlier process has remembered it in `$XDG_CACHE_HOME/triage` or
    /// `~/.cache/triage`. Where the device fails the CPU computes the same batch, and all that follow.
    case auto
}

/// Which backend, and which of its devices.
package struct BackendChoice: Sendable, Equatable {
    package let backend: Backend
    /// The number of a device or a part of its name; nil for the best that is no software.
    package let device: String?

    package static let cpu = BackendChoice(.cpu)

    private init(_ backend: Backend) { (self.backend, device) = (backend, nil) }

    /// Throws where a device is named for the CPU.
    package init(_ backend: Backend, device: String?) throws(ModelError) {
        guard backend != .cpu || device == nil else {
            throw ModelError(
                path: "",
                reason: "a device is named, which the backend `cpu` has none of: choose `vulkan` or `auto`"
            )
        }
        self.backend = backend
        self.device = device
    }
}
