import NIOHTTP1

/// What can be asked of the server.
enum Endpoint: String, CaseIterable, Sendable {
    case triage = "/v1/triage"
    case predict = "/predict"
    case embeddings = "/v1/embeddings"
    case models = "/v1/models"
    case drift = "/v1/drift"
    case health = "/health"
    case ready = "/ready"
    case metrics = "/metrics"
    case description = "/openapi.json"

    /// By paths, compared as they were sent: nothing is decoded or normalised, so that no two paths lead to the same place.
    private static let byPath = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    /// Of the target of a request: a path, or an absolute URI; which host that names makes no difference.
    init?(uri: String) {
        var path = uri.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(uri[..<$0]) } ?? uri
        if path.utf8.first != UInt8(ascii: "/") {
            guard let scheme = ["http://", "https://"].first(where: { path.lowercased().hasPrefix($0) }) else {
                return nil
            }
            path = String(path.dropFirst(scheme.utf8.count).drop { $0 != "/" })
        }
        guard let endpoint = Self.byPath[path] else { return nil }
        self = endpoint
    }

    /// Whether it has a body that asks the model.
    var asksModel: Bool {
        switch self {
        case .triage, .predict, .embeddings: true
        default: false
        }
    }

    func allows(_ method: HTTPMethod) -> Bool {
        asksModel ? method == .POST : method == .GET || method == .HEAD
    }

    /// The value of `Allow`.
    var allowedMethods: String { asksModel ? "POST" : "GET, HEAD" }

    /// What metrics and spans call it.
    var name: String {
        switch self {
        case .description: "openapi"
        default: String(rawValue.split(separator: "/").last ?? "")
        }
    }
}
