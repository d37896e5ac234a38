import ArgumentParser
import TriageModel
import TriageRouter
import TriageServer

/// Where `triage serve` listens, and whom it lets in.
struct ListenOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The address or name to listen on.", valueName: "host"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("The port; 0 for any that is free, which is printed.", valueName: "number"))
    var port = 8080

    @Option(
        help: ArgumentHelp("API keys, as `triage key` makes them; without it everyone is served.", valueName: "file"),
        completion: .file()
    )
    var keys: String?

    @Flag(help: "Serve everyone who reaches an address that is not this machine's own loopback.")
    var allowAnonymous = false

    @Flag(help: "Ask for a key on /metrics too.")
    var protectMetrics = false

    @Option(help: ArgumentHelp("Certificate chain in PEM, for HTTPS.", valueName: "file"), completion: .file())
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The certificate's private key in PEM.", valueName: "file"), completion: .file())
    var tlsKey: String?

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be 0 to 65535.") }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key need each other.")
        }
        if protectMetrics, keys == nil { throw ValidationError("--protect-metrics needs --keys.") }
        guard keys != nil || allowAnonymous || isLoopback else {
            throw ValidationError(
                "--host \(host) can be reached from elsewhere: give --keys, or --allow-anonymous to serve everyone."
            )
        }
    }

    private var isLoopback: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4 = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil } && parts[0] == "127"
        return isIPv4 || host == "::1" || host == "localhost"
    }

    func apply(to settings: inout ServerSettings) {
        settings.host = host
        settings.port = port
        settings.keys = keys
        settings.protectsMetrics = protectMetrics
        if let tlsCertificate, let tlsKey { settings.tls = TLSFiles(certificate: tlsCertificate, key: tlsKey) }
    }
}

/// How much `triage serve` takes on.
struct ServeLimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Threads that compute; by default one a processor.", valueName: "number"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            """
            Tokens that the model reads at once; by default 512, and 4096 with --backend vulkan. More let a GPU do more, and \
            the CPU answer in larger steps.
            """,
            valueName: "number"
        )
    )
    var batchTokens: Int?

    @Option(help: ArgumentHelp("Texts that may wait; beyond it callers get 429.", valueName: "number"))
    var queueTexts = 4_096

    @Option(help: ArgumentHelp("Tokens of all texts that may wait.", valueName: "number"))
    var queueTokens = 32_768

    @Option(help: ArgumentHelp("Bytes of a request's body.", valueName: "bytes"))
    var maxBody = 1 << 20

    @Option(help: ArgumentHelp("Texts in one request.", valueName: "number"))
    var maxTexts = 1_024

    @Option(help: ArgumentHelp("Connections at a time.", valueName: "number"))
    var maxConnections = 20_000

    @Option(
        help: ArgumentHelp(
            "How long a new connection may take to its first byte, the head of a request to come, and then its body.",
            valueName: "seconds"
        )
    )
    var readTimeout = 10.0

    @Option(help: ArgumentHelp("How long a connection may be idle between requests.", valueName: "seconds"))
    var idleTimeout = 75.0

    @Option(help: ArgumentHelp("How often the files are looked at for changes; 0 for never.", valueName: "seconds"))
    var watch = 1.0

    @Option(
        help: ArgumentHelp(
            "How long requests are still accepted after SIGTERM, while /ready says 503.",
            valueName: "seconds"
        )
    )
    var grace = 0.0

    @Option(help: ArgumentHelp("How long accepted requests may take after that.", valueName: "seconds"))
    var drainTimeout = 30.0

    func validate() throws {
        let counts = [
            ("--threads", threads ?? 1, 1...1_024), ("--batch-tokens", batchTokens ?? 1, 1...1_000_000),
            ("--queue-texts", queueTexts, 1...10_000_000), ("--queue-tokens", queueTokens, 1...1_000_000_000),
            ("--max-body", maxBody, 1...(1 << 30)), ("--max-texts", maxTexts, 1...1_000_000),
            ("--max-connections", maxConnections, 1...1_000_000),
        ]
        for (name, value, range) in counts where !range.contains(value) {
            throw ValidationError("\(name) must be \(range.lowerBound) to \(range.upperBound).")
        }
        let times = [
            ("--read-timeout", readTimeout, 0.01...86_400), ("--idle-timeout", idleTimeout, 0.01...86_400),
            ("--grace", grace, 0...86_400), ("--drain-timeout", drainTimeout, 0.01...86_400),
        ]
        for (name, value, range) in times where !range.contains(value) {
            throw ValidationError("\(name) must be \(range.lowerBound) to \(range.upperBound) seconds.")
        }
        guard watch == 0 || (0.01...86_400).contains(watch) else {
            throw ValidationError("--watch must be 0, or 0.01 to 86400 seconds.")
        }
    }

    func apply(to settings: inout ServerSettings) {
        settings.queue = .init(
            threads: threads,
            batchTokens: batchTokens ?? (settings.files.backend == .vulkan ? 4_096 : 512),
            waitingTokens: queueTokens,
            waitingTexts: queueTexts
        )
        settings.limits.bodyBytes = maxBody
        settings.limits.texts = maxTexts
        settings.limits.connections = maxConnections
        settings.limits.readTimeout = .seconds(readTimeout)
        settings.limits.idleTimeout = .seconds(idleTimeout)
        settings.watchInterval = watch == 0 ? nil : .seconds(watch)
        settings.grace = .seconds(grace)
        settings.drainTimeout = .seconds(drainTimeout)
        // Reading and writing takes about a quarter of what the model does.
        settings.eventLoops = (settings.queue.threads + 3) / 4
    }
}
