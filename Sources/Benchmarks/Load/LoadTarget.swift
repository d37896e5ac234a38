/// The service that a load is put on.
package struct LoadTarget: Equatable, Sendable {
    package static let defaultPath = "/v1/triage"

    /// A name or an address, without the brackets of IPv6.
    let host: String
    let port: Int
    /// With the query.
    let path: String
    /// The host as a URL and the `host` header write it, with the port.
    let authority: String

    /// Reads `http://host[:port][/path][?query]`; without a path, `/v1/triage`.
    package init(url: String) throws(BenchmarkError) {
        let quoted = url.debugDescription
        if url.hasPrefix("https://") { throw BenchmarkError("\(quoted): only http is spoken, not https") }
        guard url.hasPrefix("http://") else {
            throw BenchmarkError("\(quoted) is no URL such as http://127.0.0.1:8080")
        }
        // Anything else would have to be escaped, and could end the request line.
        guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }) else {
            throw BenchmarkError("\(quoted) holds white space, a fragment, or characters outside ASCII")
        }
        let rest = url.dropFirst("http://".count)
        authority = String(rest.prefix { $0 != "/" && $0 != "?" })
        let target = rest.dropFirst(authority.count)
        path =
            target.isEmpty || target == "/" ? Self.defaultPath : target.hasPrefix("/") ? String(target) : "/\(target)"
        let isBracketed = authority.hasPrefix("[")
        let hostEnd = isBracketed ? authority.firstIndex(of: "]") : authority.lastIndex(of: ":")
        host = String(authority[..<(hostEnd ?? authority.endIndex)].drop { $0 == "[" })
        var port = authority[(hostEnd ?? authority.endIndex)...]
        if isBracketed { port = port.dropFirst() }
        guard !host.isEmpty, !host.contains("@"), isBracketed == host.contains(":"), !isBracketed || hostEnd != nil
        else { throw BenchmarkError("\(quoted) names no host") }
        let isPort = port.hasPrefix(":") && port.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard port.isEmpty || isPort, let number = port.isEmpty ? 80 : Int(port.dropFirst()),
            (1...65535).contains(number)
        else { throw BenchmarkError("\(quoted) names no port from 1 to 65535") }
        self.port = number
    }

    package var url: String { "http://\(authority)\(path)" }
}
