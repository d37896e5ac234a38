import ArgumentParser
import CommandSupport
import TriageModel
import TriageRouter

/// Which policy a command routes by.
struct PolicyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Route by a policy file instead of the model's own settings.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var policy: String?

    func validate() throws {
        if policy == "" { throw ValidationError("--policy needs a file.") }
    }

    func router(_ model: TriageModel) throws -> Router {
        guard let policy else { return try Router(model: model) }
        return try Router(model: model, policy: Policy(contentsOf: policy))
    }
}

/// What rules and tenants of a policy ask for beside the text.
struct ContextOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Whose queries they are, for a policy with terms for tenants.", valueName: "name"))
    var tenant: String?

    @Option(
        help: ArgumentHelp(
            "What a policy's rules may ask for, such as channel=phone; may be given again.",
            valueName: "key=value"
        )
    )
    var metadata: [String] = []

    func validate() throws {
        if tenant == "" { throw ValidationError("--tenant needs a name.") }
        var keys: Set<Substring> = []
        for entry in metadata {
            guard let equals = entry.firstIndex(of: "="), equals > entry.startIndex else {
                throw ValidationError("--metadata \(entry) is not of the form key=value.")
            }
            guard keys.insert(entry[..<equals]).inserted else {
                throw ValidationError("--metadata gives \(entry[..<equals]) twice.")
            }
        }
    }

    var isEmpty: Bool { tenant == nil && metadata.isEmpty }

    var context: RequestContext {
        var context = RequestContext(tenant: tenant)
        for entry in metadata {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            context.metadata[String(parts[0])] = String(parts[1])
        }
        return context
    }
}
