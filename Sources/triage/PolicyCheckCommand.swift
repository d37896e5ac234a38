import ArgumentParser
import CommandSupport
import StrictJSON
import TriageModel
import TriageRouter

struct PolicyCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Says whether a policy file can be used, and with a model, or what is wrong with it.",
        discussion: """
            Everything that is wrong is listed with its line and column: unknown keys, values out of range, names of handlers \
            that there are not, rules that can never apply, labels that the model lacks or the policy forgets.

            EXAMPLES
              triage policy check triage.yaml
              triage policy check triage.yaml --model models/mine
              triage policy check triage.yaml --no-model --json | jq .defects

            FIELDS OF --json
              file      as it was named
              ok        whether it can be used
              identity  sha256: and the digest of the file
              model     the identity of the model whose labels it was checked against, else null
              labels, rules, tenants   how many there are, rules of tenants among them
              count     how many defects there are, where it is not ok
              defects   the first 20: line, column, reason

            The exit code is 1 where something is wrong with the policy, and 2 where it or the model cannot be read.
            """
    )

    @Argument(
        help: ArgumentHelp("The policy.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var file: String

    @OptionGroup var model: ModelOptions

    @Flag(help: "Check the file alone, not whether a model has its labels.")
    var noModel = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if noModel, model.model != nil { throw ValidationError("--model and --no-model exclude each other.") }
    }

    func run() throws {
        do {
            let policy = try Policy(contentsOf: file)
            let files = try noModel ? nil : ModelFiles(model.directory())
            let defects = files.map { policy.defects(labels: $0.labels.map(\.name)) } ?? []
            guard defects.isEmpty else { throw PolicyError(file: file, defects: defects) }
            try report(policy, model: files?.identity())
        } catch let error as PolicyError where error.isReadable {
            try report(error)
            throw ExitCode(1)
        }
    }

    private func report(_ policy: Policy, model: String?) throws {
        let labels = policy.general.labels.count
        let rules = policy.tenants.values.reduce(policy.general.rules.count) { $0 + $1.rules.count }
        let tenants = policy.tenants.count
        guard json else {
            let counts = [
                counted(labels, "label"), counted(rules, "rule"), counted(tenants, "tenant"), policy.identity,
            ]
            return try write("\(visible(file)): ok: \(counts.joined(separator: ", "))")
        }
        let object: JSONObject = [
            "file": .string(file), "ok": .bool(true), "identity": .string(policy.identity),
            "model": model.map { .string($0) } ?? .null, "labels": JSONValue(labels), "rules": JSONValue(rules),
            "tenants": JSONValue(tenants),
        ]
        try write(JSONValue.object(object).text(pretty: true))
    }

    private func report(_ error: PolicyError) throws {
        guard json else {
            return try write(
                error.description.split(separator: "\n").map { visible(String($0)) }.joined(separator: "\n")
            )
        }
        let defects = error.defects.map { defect in
            JSONValue.object([
                "line": defect.line.map { JSONValue($0) } ?? .null,
                "column": defect.column.map { JSONValue($0) } ?? .null, "reason": .string(defect.reason),
            ])
        }
        let object: JSONObject = [
            "file": .string(file), "ok": .bool(false), "count": JSONValue(error.count), "defects": .array(defects),
        ]
        try write(JSONValue.object(object).text(pretty: true))
    }

    private func write(_ text: String) throws {
        try Descriptor.standardOutput.write(Array((text + "\n").utf8))
    }

    private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
