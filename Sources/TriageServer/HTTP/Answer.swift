import NIOCore
import NIOHTTP1

/// What is sent back.
struct Answer: Sendable {
    var status: Status
    var contentType: StaticString = "application/json"
    var body: [UInt8] = []
    /// Beside those that every answer has; values hold no line breaks.
    var fields: [(name: StaticString, value: String)] = []
    /// Whether the connection ends with it.
    var closes = false

    enum Status: Int, Sendable {
        case ok = 200
        case badRequest = 400
        case unauthorized = 401
        case forbidden = 403
        case notFound = 404
        case methodNotAllowed = 405
        case requestTimeout = 408
        case contentTooLarge = 413
        case unsupportedMediaType = 415
        case expectationFailed = 417
        case unprocessableContent = 422
        case failedDependency = 424
        case tooManyRequests = 429
        case fieldsTooLarge = 431
        case internalServerError = 500
        case notImplemented = 501
        case unavailable = 503

        /// With its code, as a status line has it.
        var line: StaticString {
            switch self {
            case .ok: "200 OK"
            case .badRequest: "400 Bad Request"
            case .unauthorized: "401 Unauthorized"
            case .forbidden: "403 Forbidden"
            case .notFound: "404 Not Found"
            case .methodNotAllowed: "405 Method Not Allowed"
            case .requestTimeout: "408 Request Timeout"
            case .contentTooLarge: "413 Content Too Large"
            case .unsupportedMediaType: "415 Unsupported Media Type"
            case .expectationFailed: "417 Expectation Failed"
            case .unprocessableContent: "422 Unprocessable Content"
            case .failedDependency: "424 Failed Dependency"
            case .tooManyRequests: "429 Too Many Requests"
            case .fieldsTooLarge: "431 Request Header Fields Too Large"
            case .internalServerError: "500 Internal Server Error"
            case .notImplemented: "501 Not Implemented"
            case .unavailable: "503 Service Unavailable"
            }
        }
    }

    /// The answer as it goes over the wire.
    /// - Parameters:
    ///   - head: of the request; nil where it could not be read.
    ///   - closes: whether the connection ends with it.
    func bytes(to head: RequestHead?, closes: Bool, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: 512 + body.count)
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeStaticString(status.line)
        buffer.writeStaticString("\r\ncontent-type: ")
        buffer.writeStaticString(contentType)
        buffer.writeStaticString("\r\ncontent-length: ")
        buffer.writeString(String(body.count))
        for field in fields {
            buffer.writeStaticString("\r\n")
            buffer.writeStaticString(field.name)
            buffer.writeStaticString(": ")
            buffer.writeString(field.value)
        }
        if let head {
            buffer.writeStaticString("\r\nx-request-id: ")
            buffer.writeString(head.id)
            if let trace = head.trace {
                buffer.writeStaticString("\r\ntraceparent: ")
                buffer.writeString(trace.parent)
                if let state = trace.state {
                    buffer.writeStaticString("\r\ntracestate: ")
                    buffer.writeString(state)
                }
            }
        }
        if closes {
            buffer.writeStaticString("\r\nconnection: close")
        } else if head?.isOld == true {
            buffer.writeStaticString("\r\nconnection: keep-alive")
        }
        buffer.writeStaticString("\r\n\r\n")
        if head?.method != .HEAD { buffer.writeBytes(body) }
        return buffer
    }
}
