import ArgumentParser
import CommandSupport
import StrictJSON
import TriageServer

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Makes an API key for `triage serve --keys`.",
        discussion: """
            Prints the secret, 256 random bits, on standard error, once: it is kept nowhere. Prints the entry for the file \
            of keys, which holds nothing but its SHA-256, on standard output. Callers send the secret as \
            `Authorization: Bearer …` or `x-api-key: …`.

            EXAMPLES
              echo "keys:" > keys.yaml
              triage key shop --tenant acme --rate 100 >> keys.yaml
              triage serve --keys keys.yaml
              curl -s localhost:8080/v1/triage -H "x-api-key: $SECRET" \\
                --json '{"text": "hello"}'
            """
    )

    @Argument(help: ArgumentHelp("What the key is called in the file.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("Whose queries they are; without it requests may say so.", valueName: "name"))
    var tenant: String?

    @Option(help: ArgumentHelp("Texts a second; without it as many as there is room for.", valueName: "number"))
    var rate: Double?

    func validate() throws {
        for (place, value) in [("The name", name), ("--tenant", tenant ?? "a")] {
            guard (1...127).contains(value.utf8.count),
                value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0 != "\u{7F}" }),
                value.first != " ", value.last != " "
            else {
                throw ValidationError(
                    "\(place) must have 1 to 127 bytes, no control characters and no space at its ends."
                )
            }
        }
        if let rate, !(0.001...1e9).contains(rate) { throw ValidationError("--rate must be 0.001 to 1000000000.") }
    }

    func run() throws {
        let key = NewAPIKey()
        var console = Console()
        console.report("secret, shown once: \(key.secret)")
        // JSON strings are YAML strings.
        var entry = "  - { name: \(JSONValue.string(name).text()), sha256: \(key.digest)"
        if let tenant { entry += ", tenant: \(JSONValue.string(tenant).text())" }
        if let rate { entry += ", rate: \(JSONValue.number(rate).text())" }
        try Descriptor.standardOutput.write(Array("\(entry) }\n".utf8))
    }
}
