public import TriageRouter

/// How a ``TriageServer`` runs.
public struct ServerSettings: Sendable {
    /// The model and the policy.
    public var files: RouterFiles
    /// The address or name to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 for any that is free.
    public var port = 8080
    /// Certificates and key of TLS; nil for plain HTTP.
    public var tls: TLSFiles?
    /// The file of API keys; nil where everyone is served.
    public var keys: String?
    /// Whether `/metrics` asks for a key too.
    public var protectsMetrics = false
    /// What decisions are compared with; nil for what lies in the model's directory, if anything does.
    public var driftReference: String?
    /// The queue in front of the model.
    public var queue = DecisionQueue.Limits()
    /// What is read of requests.
    public var limits = RequestLimits()
    /// How often the files are looked at for changes; nil for never.
    public var watchInterval: Duration? = .seconds(1)
    /// How long requests are still accepted after the first signal to end, while `/ready` says that it ends.
    public var grace = Duration.zero
    /// How long, after that, accepted requests may take.
    public var drainTimeout = Duration.seconds(30)
    /// Threads that read requests and write answers.
    public var eventLoops = 1

    /// Listens on 127.0.0.1:8080, with the default limits.
    public init(files: RouterFiles) { self.files = files }
}

/// A certificate chain and its private key, in PEM.
public struct TLSFiles: Sendable, Equatable {
    /// The chain, the server's own certificate first.
    public var certificate: String
    /// The private key.
    public var key: String

    /// Two files.
    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// What a server reads of requests and connections; what goes beyond is refused.
public struct RequestLimits: Sendable, Equatable {
    /// Bytes of a body.
    public var bodyBytes = 1 << 20
    /// Texts in one request.
    public var texts = 1_024
    /// Connections at a time.
    public var connections = 20_000
    /// How long a new connection may take to its first byte, the handshake of TLS included; the head of a request from its first
    /// byte on; and then its body.
    public var readTimeout = Duration.seconds(10)
    /// How long a connection may be idle between requests.
    public var idleTimeout = Duration.seconds(75)

    /// The defaults.
    public init() {}
}
