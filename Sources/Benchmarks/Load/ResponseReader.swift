/// A whole HTTP response, as far as a load generator looks at it.
struct ServiceResponse: Equatable {
    var status: Int
    var outcome: ServiceOutcome?
    /// The connection serves further requests.
    var keepsAlive: Bool
}

/// What came is no HTTP/1.1 response (RFC 9112), or one beyond the limits.
struct InvalidResponse: Error, Equatable {
    let reason: String
}

/// Reads the responses of one connection, one request outstanding at a time, from pieces of any size.
struct ResponseReader {
    /// Of everything but the body: interim responses, head, chunk sizes and trailers.
    static let maximumHeadBytes = 1 << 16
    static let maximumBodyBytes = 1 << 20

    private enum State {
        case statusLine, headers
        case body(remaining: Int)
        case chunkSize
        case chunk(remaining: Int)
        case chunkEnd, trailers
        case bodyToEnd
    }

    private var state = State.statusLine
    private var line: [UInt8] = []
    private var headBytes = 0
    private var bodyBytes = 0
    private var status = 0
    private var keepsAlive = true
    private var contentLength: Int?
    private var isChunked = false
    private var scanner = OutcomeScanner()

    /// Reads from `position` on, which it moves behind what it has read; nil where the response goes on.
    mutating func read(_ bytes: Span<UInt8>, at position: inout Int) throws(InvalidResponse) -> ServiceResponse? {
        while position < bytes.count {
            switch state {
            case .body(let remaining):
                let rest = try readBody(bytes, at: &position, remaining)
                if rest == 0 { return takeResponse() }
                state = .body(remaining: rest)
            case .chunk(let remaining):
                let rest = try readBody(bytes, at: &position, remaining)
                state = rest == 0 ? .chunkEnd : .chunk(remaining: rest)
            case .bodyToEnd:
                _ = try readBody(bytes, at: &position, .max)
            case .statusLine, .headers, .chunkSize, .chunkEnd, .trailers:
                guard try readLine(bytes, at: &position) else { return nil }
                let isWhole = try handleLine()
                line.removeAll(keepingCapacity: true)
                if isWhole { return takeResponse() }
            }
        }
        return nil
    }

    /// The server has closed the connection: the response that this ends, nil where it breaks one off.
    mutating func readEnd() -> ServiceResponse? {
        guard case .bodyToEnd = state else { return nil }
        return takeResponse()
    }

    private mutating func readBody(
        _ bytes: Span<UInt8>,
        at position: inout Int,
        _ remaining: Int
    ) throws(InvalidResponse) -> Int {
        let count = min(remaining, bytes.count - position)
        bodyBytes += count
        guard bodyBytes <= Self.maximumBodyBytes else { throw InvalidResponse(reason: "body too long") }
        if !scanner.isDone { scanner.scan(bytes, position..<position + count) }
        position += count
        return remaining - count
    }

    /// Appends to `line`, without its end; false where the line goes on.
    private mutating func readLine(_ bytes: Span<UInt8>, at position: inout Int) throws(InvalidResponse) -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            headBytes += 1
            guard headBytes <= Self.maximumHeadBytes else { throw InvalidResponse(reason: "head too long") }
            if byte == UInt8(ascii: "\n") {
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                return true
            }
            line.append(byte)
        }
        return false
    }

    /// Whether the line ends the response.
    private mutating func handleLine() throws(InvalidResponse) -> Bool {
        switch state {
        case .statusLine:
            try readStatus()
            state = .headers
        case .headers where !line.isEmpty: try readHeader()
        case .headers: return try beginBody()
        case .chunkSize:
            guard let size = Self.number(line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }, radix: 16) else {
                throw InvalidResponse(reason: "no chunk size")
            }
            state = size == 0 ? .trailers : .chunk(remaining: size)
        case .chunkEnd:
            guard line.isEmpty else { throw InvalidResponse(reason: "chunk longer than its size") }
            state = .chunkSize
        case .trailers: return line.isEmpty
        case .body, .chunk, .bodyToEnd: break
        }
        return false
    }

    private mutating func readStatus() throws(InvalidResponse) {
        let protocolName = "HTTP/1."
        guard line.count >= 12, line.starts(with: protocolName.utf8), line[8] == 0x20,
            line.count == 12 || line[12] == 0x20, let code = Self.number(line[9..<12], radix: 10), code >= 100
        else { throw InvalidResponse(reason: "no status line of HTTP/1") }
        status = code
        keepsAlive = line[7] != UInt8(ascii: "0")
    }

    private mutating func readHeader() throws(InvalidResponse) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else {
            throw InvalidResponse(reason: "a header without a name")
        }
        // The lengths of the names that matter; others are passed over.
        switch colon {
        case 14 where isName("content-length"):
            guard let length = Self.number(value(after: colon)[...], radix: 10), contentLength ?? length == length
            else {
                throw InvalidResponse(reason: "no usable content-length")
            }
            contentLength = length
        case 17 where isName("transfer-encoding"):
            guard value(after: colon).elementsEqual("chunked".utf8) else {
                throw InvalidResponse(reason: "a transfer encoding other than chunked")
            }
            isChunked = true
        case 10 where isName("connection"):
            for token in value(after: colon).split(whereSeparator: { $0 == UInt8(ascii: ",") || $0 == 0x20 }) {
                if token.elementsEqual("close".utf8) { keepsAlive = false }
                if token.elementsEqual("keep-alive".utf8) { keepsAlive = true }
            }
        default: break
        }
    }

    private func isName(_ name: String) -> Bool { zip(line, name.utf8).allSatisfy { Self.lowercased($0) == $1 } }

    /// In lower case, without the white space around it.
    private func value(after colon: Int) -> [UInt8] {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let value = line[(colon + 1)...].drop(while: isBlank)
        let end = value.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? value.startIndex
        return value[..<end].map(Self.lowercased)
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    /// Nil unless all is digits, at most nine: no limit is that long.
    private static func number(_ digits: ArraySlice<UInt8>, radix: Int) -> Int? {
        guard (1...9).contains(digits.count) else { return nil }
        var number = 0
        for byte in digits {
            let digit =
                switch byte {
                case 0x30...0x39: Int(byte) - 0x30
                case 0x41...0x46, 0x61...0x66: Int(byte | 0x20) - 0x61 + 10
                default: radix
                }
            guard digit < radix else { return nil }
            number = number * radix + digit
        }
        return number
    }

    /// After the head; whether the response is already whole.
    private mutating func beginBody() throws(InvalidResponse) -> Bool {
        if (100..<200).contains(status) {
            guard status != 101 else { throw InvalidResponse(reason: "a change of protocol nobody asked for") }
            contentLength = nil
            isChunked = false
            state = .statusLine
            return false
        }
        if status == 204 || status == 304 { return true }
        // Ambiguous, and a sign of an attack or a fault (RFC 9112, section 6.3).
        guard !(isChunked && contentLength != nil) else {
            throw InvalidResponse(reason: "both a content-length and a transfer-encoding")
        }
        if isChunked {
            state = .chunkSize
        } else if let contentLength {
            state = .body(remaining: contentLength)
            return contentLength == 0
        } else {
            keepsAlive = false
            state = .bodyToEnd
        }
        return false
    }

    /// Leaves the reader as new.
    private mutating func takeResponse() -> ServiceResponse {
        defer {
            state = .statusLine
            headBytes = 0
            bodyBytes = 0
            contentLength = nil
            isChunked = false
            scanner.reset()
        }
        return ServiceResponse(status: status, outcome: scanner.outcome, keepsAlive: keepsAlive)
    }
}
