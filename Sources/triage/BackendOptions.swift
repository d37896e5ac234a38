public import ArgumentParser
import CommandSupport
public import TriageModel

/// What a model computes on.
struct BackendOptions: ParsableArguments {
    @Option(
        help: """
            What computes: cpu; vulkan, the GPU, or nothing where it cannot be used; or auto: the CPU, and for many texts at \
            once the GPU where there is one that is faster, from a number of tokens that is measured once and remembered.
            """
    )
    var backend = Backend.cpu

    @Option(
        help: ArgumentHelp(
            """
            With --backend vulkan or auto: the number of a device or a part of its name, as triage doctor lists them; by \
            default the best that is not software.
            """,
            valueName: "device"
        )
    )
    var device: String?

    func validate() throws {
        if device == "" { throw ValidationError("--device needs a number or a name.") }
        if device != nil && backend == .cpu {
            throw ValidationError("--device is for a GPU: choose --backend vulkan or --backend auto.")
        }
    }

    /// Says on standard error why the GPU is not used, where that is so.
    func report(on model: TriageModel) {
        guard let notice = model.deviceNotice else { return }
        var console = Console()
        console.report("triage: the GPU is not used: \(notice)")
    }
}

extension Backend: ExpressibleByArgument {}
