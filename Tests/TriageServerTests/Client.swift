import StrictJSON

/// A client of one connection, which sends bytes as they are given.
struct Client {
    private let socket: Socket
    private let rest = Rest()

    /// Read behind the answer that was asked for.
    private final class Rest { var bytes: [UInt8] = [] }

    init?(port: UInt16) {
        guard let socket = Socket(port: port) else { return nil }
        self.socket = socket
    }

    struct Response {
        let status: Int
        /// By lowercase name.
        let fields: [String: String]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSONValue? { try? JSONParser.parse(body) }
        var errorCode: String? { json?["error"]?["code"]?.string }
    }

    @discardableResult
    func send(_ text: String) -> Bool { socket.write(text.utf8) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool { socket.write(bytes) }

    func shutDownWriting() { socket.shutDownWriting() }

    /// The next answer; nil where the connection ends before it, or it does not come.
    func response(hasBody: Bool = true) -> Response? {
        while true {
            if let end = headEnd {
                let head = String(decoding: rest.bytes[..<end], as: UTF8.self).split(separator: "\r\n")
                var fields: [String: String] = [:]
                for line in head.dropFirst() {
                    guard let colon = line.firstIndex(of: ":") else { return nil }
                    fields[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
                }
                let length = hasBody ? Int(fields["content-length"] ?? "0") ?? 0 : 0
                while rest.bytes.count < end + 4 + length {
                    guard let bytes = socket.read(), !bytes.isEmpty else { return nil }
                    rest.bytes += bytes
                }
                let body = Array(rest.bytes[(end + 4)..<(end + 4 + length)])
                rest.bytes.removeFirst(end + 4 + length)
                let status = head.first.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
                return Response(status: status, fields: fields, body: body)
            }
            guard let bytes = socket.read(), !bytes.isEmpty else { return nil }
            rest.bytes += bytes
        }
    }

    /// Whether the other side closes, with nothing more to say.
    func isClosed() -> Bool {
        if !rest.bytes.isEmpty { return false }
        guard let bytes = socket.read() else { return false }
        return bytes.isEmpty
    }

    private var headEnd: Int? {
        let bytes = rest.bytes
        guard bytes.count >= 4 else { return nil }
        return (0...(bytes.count - 4)).first { bytes[$0..<($0 + 4)].elementsEqual([13, 10, 13, 10]) }
    }

    func post(_ path: String, _ body: String, fields: [String] = []) -> Response? {
        post(path, Array(body.utf8), fields: fields)
    }

    func post(_ path: String, _ body: [UInt8], fields: [String] = []) -> Response? {
        let head = ["POST \(path) HTTP/1.1", "host: test", "content-type: application/json"] + fields
        send(Array("\(head.joined(separator: "\r\n"))\r\ncontent-length: \(body.count)\r\n\r\n".utf8) + body)
        return response()
    }

    func get(_ path: String, fields: [String] = []) -> Response? {
        send("\((["GET \(path) HTTP/1.1", "host: test"] + fields).joined(separator: "\r\n"))\r\n\r\n")
        return response()
    }
}
