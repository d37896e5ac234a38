public import ArgumentParser
import CommandSupport
public import TriageModel

/// What a model computes on.
struct BackendOptions: ParsableArguments {
    @Option(
        name: .customLong("backend"),
        help: ArgumentHelp(
            """
            What computes: cpu, the default; vulkan, the GPU, or nothing where it cannot be used; or auto: the CPU, and for \
            many texts at once the GPU where there is one that is faster, from a number of tokens that is measured once and \
            remembered.
            """,
            valueName: "backend"
        )
    )
    var chosen: Backend?

    @Option(
        help: ArgumentHelp(
            """
            The number of a GPU or a part of its name, as triage doctor lists them; by default the best that is not software. \
            Means --backend vulkan where no backend is named.
            """,
            valueName: "device"
        )
    )
    var device: String?

    var backend: Backend { chosen ?? (device == nil ? .cpu : .vulkan) }

    func validate() throws {
        if device == "" { throw ValidationError("--device needs a number or a name.") }
        if device != nil && chosen == .cpu {
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
