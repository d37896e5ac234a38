import NIOHTTP1

/// What the server needs of the head of a request, read in one pass over its fields.
struct RequestHead: Sendable {
    let method: HTTPMethod
    /// Nil where the path leads nowhere.
    let endpoint: Endpoint?
    let isKeepAlive: Bool
    /// HTTP/1.0, which must be told that its connection stays open.
    let isOld: Bool
    /// The caller's own where it is acceptable, else a new one.
    let id: String
    private(set) var expectsContinue = false
    private(set) var contentType: String?
    private(set) var contentLength: Int?
    /// What follows `Bearer` in `Authorization`, else `x-api-key`.
    private(set) var credential: String?
    /// The field as it was sent.
    private(set) var deadline: String?
    private(set) var trace: TraceContext?

    init(_ head: HTTPRequestHead, ids: RequestIDs) {
        method = head.method
        endpoint = Endpoint(uri: head.uri)
        isKeepAlive = head.isKeepAlive
        isOld = head.version.major == 1 && head.version.minor == 0
        var ownID: String?
        var traceParent: String?, traceState: String?
        var bearer: String?
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 6 where name.isField("expect"): expectsContinue = value.isField("100-continue")
            case 9 where name.isField("x-api-key"): credential = value
            case 10 where name.isField("tracestate"): traceState = traceState.map { "\($0),\(value)" } ?? value
            case 11 where name.isField("traceparent"): traceParent = traceParent == nil ? value : ""
            case 12 where name.isField("content-type"): contentType = value
            case 12 where name.isField("x-request-id"): ownID = value
            case 13 where name.isField("authorization"): bearer = Self.bearer(value)
            case 14 where name.isField("content-length"): contentLength = Int(value)
            case 20 where name.isField("x-triage-deadline-ms"): deadline = value
            default: break
            }
        }
        if let bearer { credential = bearer }
        id = ownID.flatMap { RequestIDs.isAcceptable($0) ? $0 : nil } ?? ids.next()
        trace = traceParent.flatMap { TraceContext(parent: $0, state: traceState) }
    }

    /// Empty where the scheme is another one: a wrong credential, not none.
    private static func bearer(_ value: String) -> String {
        guard value.utf8.count > 7, String(value.prefix(7)).isField("bearer ") else { return "" }
        return String(value.dropFirst(7))
    }

    /// Whether the body, if there is one, is said to be JSON in UTF-8.
    var isJSON: Bool {
        guard let contentType else { return true }
        let parts = contentType.split(separator: ";", omittingEmptySubsequences: false).map { part in
            part.filter { $0 != " " && $0 != "\t" }.lowercased()
        }
        guard let type = parts.first, type == "application/json" || type.hasSuffix("+json") else { return false }
        return parts.dropFirst().allSatisfy {
            !$0.hasPrefix("charset=") || $0 == "charset=utf-8" || $0 == "charset=\"utf-8\""
        }
    }
}

extension String {
    /// Whether it is `lowercase`, which is ASCII, but for the case of its letters.
    fileprivate func isField(_ lowercase: StaticString) -> Bool {
        utf8.count == lowercase.utf8CodeUnitCount
            && zip(utf8, lowercase.description.utf8).allSatisfy { byte, expected in
                byte == expected || byte | 0x20 == expected && (0x41...0x5A).contains(byte)
            }
    }
}
