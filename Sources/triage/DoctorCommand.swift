import ArgumentParser
import CommandSupport
import StrictJSON

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Says what this machine and the model offer, and what is wrong with them.",
        discussion: """
            Names the processor, the instruction set and the OpenBLAS kernels in use, the cores that this process may \
            use and why no more, the Vulkan devices, and loads and verifies the model, on the CPU or the --backend that \
            is asked for; with auto it says from how many tokens on the GPU computes. Exits with 0 when queries can \
            be classified, otherwise with 2.

            EXAMPLES
              triage doctor
              triage doctor --model models/my-model
              triage doctor --json | jq .cores
              TRIAGE_ISA=scalar triage doctor
              triage doctor --backend vulkan
            """
    )

    @OptionGroup var model: ModelOptions
    @OptionGroup var backend: BackendOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let findings = [
            processorFinding(), openBLASFinding(), coresFinding(), vulkanFinding(), modelFinding(model, backend),
        ]
        let output =
            json
            ? JSONValue.object(report(findings)).text(pretty: true) + "\n"
            : findings.flatMap(\.lines).joined()
        try Descriptor.standardOutput.write(Array(output.utf8))
        if findings.contains(where: \.isFatal) { throw ExitCode(2) }
    }

    private func report(_ findings: [Finding]) -> JSONObject {
        var report: JSONObject = ["version": .string(Triage.configuration.version)]
        for finding in findings { report[finding.key] = .object(finding.details) }
        return report
    }
}

/// What the doctor found out about one thing.
struct Finding {
    /// Its name in the JSON report.
    let key: String
    let title: String
    /// What people read: one row a fact.
    let rows: [String]
    let details: JSONObject
    /// Whether nothing can be classified because of it.
    var isFatal = false

    fileprivate var lines: [String] {
        rows.enumerated().map { index, row in "\((index == 0 ? title : "").padded(to: 16))\(visible(row))\n" }
    }
}

extension Finding {
    /// A thing that does not work.
    init(key: String, title: String, error: String, isFatal: Bool = false) {
        self.init(key: key, title: title, rows: [error], details: ["error": .string(error)], isFatal: isFatal)
    }
}
