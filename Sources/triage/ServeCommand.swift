public import ArgumentParser
import CommandSupport
public import Logging
import Parallelism
import TriageModel
import TriageRouter
public import TriageServer

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answers over HTTP who handles a query.",
        discussion: """
            POST /v1/triage decides on one text or many; POST /predict and POST /v1/embeddings speak as \
            text-embeddings-inference and OpenAI do. GET /v1/models, /v1/drift, /health, /ready, /metrics (Prometheus) and \
            /openapi.json, which describes all of them.

            EXAMPLES
              triage serve
              triage serve --policy triage.yaml --keys keys.yaml \\
                --host 0.0.0.0 --port 8443 \\
                --tls-certificate cert.pem --tls-key key.pem
              curl -s localhost:8080/v1/triage \\
                --json '{"text": "I lost my card, please block it"}'
              curl -s localhost:8080/v1/triage -H 'x-triage-deadline-ms: 50' \\
                --json '{"texts": ["hello", "talk to a human"],
                         "tenant": "acme", "metadata": {"channel": "phone"}}'
              curl -s localhost:8080/predict --json '{"inputs": "hello"}'
              curl -s localhost:8080/v1/embeddings \\
                --json '{"input": ["hello", "good bye"]}'
              kill -HUP <process>     # reads model, policy, keys and certificate again
              kill -TERM <process>    # answers what it has accepted, then ends

            LIMITS
              What finds no room is refused at once: 429 with Retry-After, and an outcome `rejected`. While the process \
            ends requests get 503. A text whose deadline passes, or on which the model fails, goes to the policy's fallback \
            for `unavailable`; without one the answer is 503. Files that change are read again; where one of them cannot \
            be used that is logged, and all that was there before goes on.

            EXIT CODES
              0    ended by SIGTERM or SIGINT, every accepted request answered
              2    could not run: model, policy, keys, certificate, address;
                   or requests were cut off in the end
              64   wrong usage
            """
    )

    @OptionGroup var model: ModelOptions
    @OptionGroup var precision: PrecisionOption
    @OptionGroup var backend: BackendOptions

    @Option(
        help: ArgumentHelp("The policy; without it the model's own routes.", valueName: "file"),
        completion: .file()
    )
    var policy: String?

    @Option(
        help: ArgumentHelp(
            "What decisions are compared with, from `triage drift reference`; by default drift.json in the model's directory.",
            valueName: "file"
        ),
        completion: .file()
    )
    var drift: String?

    @Flag(help: "Let the whole model decide on every text, also where its first stage is sure.")
    var whole = false

    @OptionGroup(title: "Listening") var listen: ListenOptions
    @OptionGroup(title: "Limits") var limits: ServeLimitOptions

    @Option(help: "How log lines look: text or json.")
    var logFormat = ServerLogHandler.Format.text

    @Option(
        help: "The least level that is logged: trace, debug (every request), info, notice, warning, error or critical."
    )
    var logLevel = Logger.Level.notice

    func run() throws {
        var settings = ServerSettings(
            files: RouterFiles(
                model: try model.directory(),
                policy: policy,
                precision: precision.precision,
                usesFirstStage: !whole,
                backend: backend.backend,
                device: backend.device
            )
        )
        settings.driftReference = drift
        listen.apply(to: &settings)
        limits.apply(to: &settings)
        // Every connection is an open file.
        let openFiles = raiseOpenFileLimit()
        settings.limits.connections = min(settings.limits.connections, max(1, openFiles - 256))

        let logger = Logger(label: "triage") { [logFormat, logLevel] _ in
            ServerLogHandler(format: logFormat, level: logLevel) { line in
                // Where standard error cannot be written there is nobody left to tell.
                try? Descriptor.standardError.write(Array(line.utf8))
            }
        }
        let server = try TriageServer(settings, version: Triage.configuration.version, logger: logger)
        let router = server.router.current
        let policy = router.policyIdentity.isEmpty ? "none" : router.policyIdentity
        try waitFor {
            try await server.run { address in
                var console = Console()
                console.report("listening on \(address), model \(router.model.identity), policy \(policy)")
            }
        }
    }

    /// The rest of the program blocks; this is the one command that does not.
    private func waitFor(_ body: @escaping @Sendable () async throws -> Void) throws {
        let outcome = Monitor<Result<Void, any Error>?>(nil)
        Task {
            let result: Result<Void, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            outcome.update { $0 = result }
        }
        try outcome.update(when: { $0 != nil }) { $0 }?.get()
    }
}

extension ServerLogHandler.Format: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
