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
    /// Of the coding beside `identity`, nil where there is none.
    private(set) var contentEncoding: String?
    /// The largest number for what is larger.
    private(set) var contentLength: Int?
    /// All values of the field, with commas between them.
    private(set) var transferEncoding: String?
    /// How many fields of that name there are.
    private(set) var hosts = 0
    /// What follows `Bearer` in `Authorization`, else `x-api-key`.
    private(set) var credential: String?
    /// The field as it was sent, but for white space around it.
    private(set) var deadline: String?
    private(set) var trace: TraceContext?

    init(_ head: HTTPRequestHead, ids: RequestIDs) {
        method = head.method
        endpoint = Endpoint(uri: head.uri)
        isOld = head.version.major == 1 && head.version.minor == 0
        var ownID: String?
        var traceParent: String?, traceState: String?
        var bearer: String?
        var isUpgrade = method == .CONNECT
        for (name, field) in head.headers {
            let value = field.withoutOuterWhiteSpace
            switch name.utf8.count {
            case 4 where name.isField("host"): hosts += 1
            case 6 where name.isField("expect"): expectsContinue = value.isField("100-continue")
            // The parser reads nothing behind such a request.
            case 7 where name.isField("upgrade"): isUpgrade = true
            case 9 where name.isField("x-api-key"): credential = value
            case 10 where name.isField("tracestate"): traceState = traceState.map { "\($0),\(value)" } ?? value
            case 11 where name.isField("traceparent"): traceParent = traceParent == nil ? value : ""
            case 12 where name.isField("content-type"): contentType = value
            case 12 where name.isField("x-request-id"): ownID = value
            case 13 where name.isField("authorization"): bearer = Self.bearer(value)
            // The parser has made sure that it is one number.
            case 14 where name.isField("content-length"): contentLength = Int(value) ?? .max
            case 16 where name.isField("content-encoding"):
                if !value.isEmpty, !value.isField("identity") { contentEncoding = value }
            case 17 where name.isField("transfer-encoding"):
                transferEncoding = transferEncoding.map { "\($0),\(value)" } ?? value
            case 20 where name.isField("x-triage-deadline-ms"): deadline = value
            default: break
            }
        }
        if let bearer { credential = bearer }
        isKeepAlive = head.isKeepAlive && !isUpgrade
        id = ownID.flatMap { RequestIDs.isAcceptable($0) ? $0 : nil } ?? ids.next()
        trace = traceParent.flatMap { TraceContext(parent: $0, state: traceState) }
    }

    /// Empty where the scheme is another one: a wrong credential, not none.
    private static func bearer(_ value: String) -> String {
        guard value.utf8.count > 7, String(value.prefix(7)).isField("bearer ") else { return "" }
        return String(value.dropFirst(7).drop { $0 == " " })
    }

    /// Why it cannot be told where the request ends or whom it is for (RFC 9112, 3.2 and 6.1); nil where it can.
    var defect: RequestError? {
        func error(_ status: Answer.Status, _ message: String) -> RequestError {
            var error = RequestError(status, "invalid_http", message)
            error.closes = true
            return error
        }
        if hosts > 1 || hosts == 0 && !isOld { return error(.badRequest, "there must be one field Host, not \(hosts)") }
        guard let transferEncoding else { return nil }
        if isOld { return error(.badRequest, "HTTP/1.0 has no transfer-encoding") }
        if !transferEncoding.isField("chunked") { return error(.notImplemented, "transfer-encoding must be chunked") }
        return nil
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
    fileprivate var withoutOuterWhiteSpace: String {
        func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        guard let first = utf8.first, let last = utf8.last, isSpace(first) || isSpace(last) else { return self }
        let start = utf8.firstIndex { !isSpace($0) } ?? endIndex
        let end = utf8.lastIndex { !isSpace($0) }.map { utf8.index(after: $0) } ?? start
        return String(self[start..<end])
    }

    /// Whether it is `lowercase`, which is ASCII, but for the case of its letters.
    fileprivate func isField(_ lowercase: StaticString) -> Bool {
        utf8.count == lowercase.utf8CodeUnitCount
            && zip(utf8, lowercase.description.utf8).allSatisfy { byte, expected in
                byte == expected || byte | 0x20 == expected && (0x41...0x5A).contains(byte)
            }
    }
}
