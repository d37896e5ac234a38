import ArgumentParser
import CommandSupport
import TriageRouter

struct PolicySchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the JSON Schema of policy files.",
        discussion: """
            Editors use it to complete keys and to explain them. `triage policy check` knows more: whether handlers exist, \
            rules can apply, and the model has the labels.

            EXAMPLES
              triage policy schema > triage.schema.json
            """
    )

    func run() throws {
        try Descriptor.standardOutput.write(Array(Policy.schema.utf8))
    }
}
