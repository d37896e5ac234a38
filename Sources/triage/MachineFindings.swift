import CPUBackend
import CommandSupport
import Encoder
import Parallelism
import StrictJSON

func processorFinding() -> Finding {
    let name = processorName() ?? "unknown processor"
    let available = InstructionSet.available.map(\.rawValue)
    var details: JSONObject = [
        "model": .string(name), "instruction_sets": .array(available.map { .string($0) }),
    ]
    do throws(EncoderError) {
        let selected = try InstructionSet.selected().rawValue
        details["instruction_set"] = .string(selected)
        return Finding(
            key: "processor",
            title: "Processor",
            rows: [name, "int8 kernels: \(selected) in use, available: \(available.joined(separator: ", "))"],
            details: details
        )
    } catch {
        details["error"] = .string(error.description)
        let rows = [name, error.description]
        return Finding(key: "processor", title: "Processor", rows: rows, details: details, isFatal: true)
    }
}

/// Without OpenBLAS int8 models still run.
func openBLASFinding() -> Finding {
    do throws(EncoderError) {
        let library = try OpenBLAS.load()
        return Finding(
            key: "openblas",
            title: "OpenBLAS",
            rows: ["\(library.core) kernels", library.configuration],
            details: ["core": .string(library.core), "configuration": .string(library.configuration)]
        )
    } catch {
        return Finding(key: "openblas", title: "OpenBLAS", error: error.description)
    }
}

func coresFinding() -> Finding {
    let cores = UsableCores.current()
    let online = onlineProcessors()
    let limit = cores.groupLimit.map { "its control group is given \($0)" } ?? "no control group limit"
    return Finding(
        key: "cores",
        title: "Cores",
        rows: ["\(cores.count) usable: \(online) online, \(cores.affinity) in this process's affinity, \(limit)"],
        details: [
            "usable": JSONValue(cores.count),
            "online": JSONValue(online),
            "affinity": JSONValue(cores.affinity),
            "group_limit": cores.groupLimit.map { .number($0) } ?? .null,
        ]
    )
}
