import StrictYAML

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
        guard let root = try yamlRoot(bytes, file: file) else {
            throw .file(file, reason: "empty; expected `routes` and `mistakes`")
        }
        var reader = Reader(routes: routes)
        reader.read(root)
        guard reader.yaml.defects.isEmpty else { throw .rows(file: file, reader.yaml.defects) }
        self.init(
            routes: routes,
            prices: routes.map { reader.prices[$0] ?? 0 },
            latencies: routes.map { reader.latencies[$0] ?? 0 },
            mistakes: routes.map { right in routes.map { reader.mistakes[right]?[$0] ?? 0 } }
        )
    }

    /// Notes every place that is not as it must be.
    private struct Reader {
        let routes: [String]
        var yaml = YAMLReader()
        var prices: [String: Double] = [:]
        var latencies: [String: Double] = [:]
        var mistakes: [String: [String: Double]] = [:]

        init(routes: [String]) { self.routes = routes }

        mutating func read(_ root: YAMLNode) {
            let document = fields(root, "the file", keys: ["routes", "mistakes"])
            for (route, node) in fields(document["routes"], "`routes`", keys: routes) {
                let entry = fields(node, "`\(route)`", keys: ["price", "latency_ms"])
                prices[route] = number("price", of: "`\(route)`", in: entry)
                latencies[route] = number("latency_ms", of: "`\(route)`", in: entry)
            }
            let confused = routes.count > 1 ? routes : []
            for (right, node) in fields(document["mistakes"], "`mistakes`", keys: confused) {
                let place = "the mistakes of `\(right)`"
                let row = fields(node, place, keys: routes.filter { $0 != right })
                for sent in row.keys { mistakes[right, default: [:]][sent] = number(sent, of: place, in: row) }
            }
        }

        /// A mapping with all of `keys` and no others; nothing where there is none.
        private mutating func fields(_ node: YAMLNode?, _ place: String, keys: [String]) -> [String: YAMLNode] {
            node.flatMap { yaml.mapping($0, place, keys: keys, required: keys) } ?? [:]
        }

        private mutating func number(_ key: String, of place: String, in fields: [String: YAMLNode]) -> Double? {
            fields[key].flatMap { yaml.number($0, "`\(key)` of \(place)", in: 0...greatest) }
        }
    }
}
