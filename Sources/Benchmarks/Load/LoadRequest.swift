import NIOCore
import StrictJSON

/// A header line of the requests of a load.
package struct LoadHeader: Equatable, Sendable {
    /// What the generator itself decides.
    private static let reserved = ["content-length", "transfer-encoding", "connection"]

    let name: String
    let value: String

    /// Reads `name: value`.
    package init(parsing text: String) throws(BenchmarkError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.allSatisfy(Self.isToken) else {
            throw BenchmarkError("\(text.debugDescription) is no header such as \"authorization: Bearer key\"")
        }
        let name = parts[0].lowercased()
        guard !Self.reserved.contains(name) else { throw BenchmarkError("\(name) is set by the load generator") }
        let value = parts[1].drop { $0 == " " || $0 == "\t" }
        // With a line break in it a header would become two.
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw BenchmarkError("the value of the header \(name) holds a control character")
        }
        self.init(name: name, value: String(value))
    }

    init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// Of RFC 9110's tokens.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

/// The bytes of a request for each text.
func requests(to target: LoadTarget, texts: [String], headers: [LoadHeader], deadline: Int?) -> [ByteBuffer] {
    var lines = [
        LoadHeader(name: "host", value: target.authority),
        LoadHeader(name: "content-type", value: "application/json"),
        LoadHeader(name: "user-agent", value: "triage-bench"),
    ].filter { standard in !headers.contains { $0.name == standard.name } }
    lines += headers
    if let deadline { lines.append(LoadHeader(name: "x-triage-deadline-ms", value: String(deadline))) }
    let head = "POST \(target.path) HTTP/1.1\r\n" + lines.map { "\($0.name): \($0.value)\r\n" }.joined()
    return texts.map { text in
        let body = JSONValue.object(["text": .string(text)]).text()
        return ByteBuffer(string: "\(head)content-length: \(body.utf8.count)\r\n\r\n\(body)")
    }
}
