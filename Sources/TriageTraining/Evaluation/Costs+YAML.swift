import Yams

extension Costs {
    private static let byteLimit = 1 << 16
    /// Beyond it sums over rows lose cents.
    private static let greatest = 1e9

    /// Reads what routes and mistakes cost. Every route of the model must have a price and a latency, and every pair of
    /// routes the price of its mistake.
    /// - Throws: `DataFileError` with the line.
    package init(file path: String, routes: [String]) throws(DataFileError) {
        let (bytes, name) = try fileBytes(path, limit: Self.byteLimit)
        try self.init(bytes, file: name, routes: routes)
    }

    init(_ bytes: [UInt8], file: String, routes: [String]) throws(DataFileError) {
        guard !routes.isEmpty else {
            throw .file(file, reason: "of no use: the model names no routes that could have a price")
        }
        guard let root = try yamlTree(bytes, file: file) else {
            throw .file(file, reason: "empty; expected `routes` and `mistakes`")
        }
        let document = try Entries(root, file: file, of: "the file", keys: ["routes", "mistakes"])
        let handling = try document.entries("routes", of: "`routes`", keys: routes)
        let mistakes = try document.entries("mistakes", of: "`mistakes`", keys: routes.count > 1 ? routes : [])
        var prices: [Double] = [], latencies: [Double] = [], table: [[Double]] = []
        for route in routes {
            let entry = try handling.entries(route, of: quoted(route), keys: ["price", "latency_ms"])
            prices.append(try entry.number("price"))
            latencies.append(try entry.number("latency_ms"))
            guard routes.count > 1 else { continue }
            let others = routes.filter { $0 != route }
            let row = try mistakes.entries(route, of: "the mistakes of \(quoted(route))", keys: others)
            table.append(try routes.map { sent throws(DataFileError) in sent == route ? 0 : try row.number(sent) })
        }
        self.init(routes: routes, prices: prices, latencies: latencies, mistakes: table.isEmpty ? [[0]] : table)
    }

    /// A mapping with exactly the given keys.
    private struct Entries {
        private let file: String
        private let owner: String
        private let line: Int
        private var nodes: [String: Node] = [:]

        init(_ node: Node, file: String, of owner: String, keys: [String]) throws(DataFileError) {
            self.file = file
            self.owner = owner
            line = node.mark?.line ?? 1
            let names = keys.map(quoted).joined(separator: ", ")
            guard case .mapping(let mapping) = node else {
                throw defect(line, "\(owner) must be a mapping with \(names)")
            }
            for (key, value) in mapping {
                guard let name = key.scalar?.string, keys.contains(name) else {
                    let found = key.scalar.map { quoted($0.string) } ?? "a key that is no name"
                    let known = keys.isEmpty ? "there are no keys" : "the keys are \(names)"
                    throw defect(key.mark?.line ?? line, "\(found) is unknown in \(owner); \(known)")
                }
                nodes[name] = value
            }
            let missing = keys.filter { nodes[$0] == nil }.map(quoted)
            guard missing.isEmpty else {
                let verb = missing.count == 1 ? "is" : "are"
                throw defect(line, "\(missing.joined(separator: ", ")) \(verb) missing in \(owner)")
            }
        }

        func entries(_ key: String, of owner: String, keys: [String]) throws(DataFileError) -> Entries {
            try Entries(node(key), file: file, of: owner, keys: keys)
        }

        func number(_ key: String) throws(DataFileError) -> Double {
            let node = try node(key)
            guard let scalar = node.scalar, scalar.style == .plain, let value = Double(scalar.string),
                scalar.string.allSatisfy({ "0123456789+-.eE".contains($0) }), (0...greatest).contains(value)
            else {
                let reason = "\(quoted(key)) of \(owner) must be a number from 0 to \(Int(greatest))"
                throw defect(node.mark?.line ?? line, reason)
            }
            return value
        }

        private func node(_ key: String) throws(DataFileError) -> Node {
            guard let node = nodes[key] else { throw defect(line, "\(quoted(key)) is missing in \(owner)") }
            return node
        }

        private func defect(_ line: Int, _ reason: String) -> DataFileError {
            .rows(file: file, BadRows(BadRow(line: line, reason: reason)))
        }
    }
}

private func quoted(_ name: String) -> String { "`\(name.prefix(80))`" }
