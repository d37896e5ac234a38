import ModelFormat
package import StrictJSON

/// Why there is no reference to compare with: one sentence that names the file and the reason.
public struct DriftError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file at fault.
    public let path: String
    /// What is wrong, with what was expected and found.
    public let reason: String

    /// The path and the reason on one line.
    public var description: String { "\(path): \(reason)" }
}

extension DriftReference {
    /// Fewer say next to nothing about shares.
    package static let minimumRows = 100

    private static let format = 1
    private static let byteLimit = 4 << 20
    private static let binLimit = 100
    private static let nameLimit = 4_096
    /// Of each count, so that sums do not overflow.
    private static let countLimit = 1 << 40

    /// Reads a reference of at most 4 MiB as `triage drift reference` writes it.
    /// - Throws: `DriftError` where the file cannot be read or says anything else.
    public init(contentsOf path: String) throws(DriftError) {
        let bytes: [UInt8]
        do throws(ModelFileError) { bytes = try FileBytes.read(path, limit: Self.byteLimit) } catch {
            throw DriftError(path: path, reason: error.reason)
        }
        try self.init(bytes, path: path)
    }

    init(_ bytes: [UInt8], path: String) throws(DriftError) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONParser.parse(bytes) } catch {
            throw DriftError(path: path, reason: "is not valid JSON: \(error)")
        }
        let file = try Fields(
            value,
            path,
            keys: [
                "format", "model", "policy", "first_stage", "data", "rows", "confidence", "out_of_scope", "labels",
                "routes",
            ]
        )
        guard file["format"].integer == Self.format else {
            throw file.wrong("format", "\(Self.format), the only one that this version reads")
        }
        guard let usesFirstStage = file["first_stage"].bool else { throw file.wrong("first_stage", "true or false") }
        modelIdentity = try file.string("model")
        policyIdentity = try file.string("policy")
        self.usesFirstStage = usesFirstStage
        data = try file.string("data")
        confidence = try Self.histogram(file, "confidence")
        outOfScope = file["out_of_scope"] == .null ? nil : try Self.histogram(file, "out_of_scope")
        labels = try file.objects("labels", keys: ["label", "count"]).map { entry throws(DriftError) in
            Count(item: try entry.string("label"), count: try entry.count("count"))
        }
        routes = try file.objects("routes", keys: ["outcome", "route", "count"]).map { entry throws(DriftError) in
            guard let kind = entry["outcome"].string.flatMap(DriftRoute.Kind.init(rawValue:)) else {
                let known = DriftRoute.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw entry.wrong("outcome", "one of \(known)")
            }
            return Count(
                item: DriftRoute(kind: kind, route: try entry.string("route")),
                count: try entry.count("count")
            )
        }
        try check(file, rows: file.count("rows"))
    }

    private static func histogram(_ file: Fields, _ field: String) throws(DriftError) -> Histogram {
        let fields = try Fields(file[field], file.path, field: field, keys: ["edges", "counts"])
        let edges = try fields.array("edges").map { value throws(DriftError) in
            guard let number = value.number, (0...1).contains(number) else {
                throw fields.wrong("edges", "numbers from 0 to 1")
            }
            return Float(number)
        }
        guard edges.count < binLimit, zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw fields.wrong("edges", "fewer than \(binLimit), ascending")
        }
        let counts = try fields.array("counts").map { value throws(DriftError) in
            guard let count = value.integer, (0...countLimit).contains(count) else {
                throw fields.wrong("counts", "whole numbers from 0")
            }
            return count
        }
        guard counts.count == edges.count + 1 else { throw fields.wrong("counts", "one more than edges") }
        return Histogram(edges: edges, counts: counts)
    }

    private func check(_ file: Fields, rows: Int) throws(DriftError) {
        guard Set(labels.map(\.item)).count == labels.count else { throw file.wrong("labels", "each label once") }
        guard Set(routes.map(\.item)).count == routes.count else { throw file.wrong("routes", "each route once") }
        guard self.rows == rows else { throw file.wrong("rows", "the \(self.rows) that `routes` add up to") }
        let decided = labels.reduce(0) { $0 + $1.count }
        guard (Self.minimumRows...max(Self.minimumRows, rows)).contains(decided) else {
            throw file.wrong("labels", "counts that add up to \(Self.minimumRows) at least and `rows` at most")
        }
        for (field, histogram) in [("confidence", confidence), ("out_of_scope", outOfScope)] {
            guard histogram?.counts.reduce(0, +) ?? decided == decided else {
                throw file.wrong(field, "counts that add up to those of `labels`")
            }
        }
    }

    /// The reference as its file holds it.
    package var json: JSONValue {
        func object(_ histogram: Histogram) -> JSONValue {
            .object([
                "edges": .array(histogram.edges.map { JSONValue($0) }),
                "counts": .array(histogram.counts.map { JSONValue($0) }),
            ])
        }
        return .object([
            "format": JSONValue(Self.format),
            "model": .string(modelIdentity),
            "policy": .string(policyIdentity),
            "first_stage": .bool(usesFirstStage),
            "data": .string(data),
            "rows": JSONValue(rows),
            "confidence": object(confidence),
            "out_of_scope": outOfScope.map(object) ?? .null,
            "labels": .array(labels.map { .object(["label": .string($0.item), "count": JSONValue($0.count)]) }),
            "routes": .array(
                routes.map {
                    .object([
                        "outcome": .string($0.item.kind.rawValue), "route": .string($0.item.route),
                        "count": JSONValue($0.count),
                    ])
                }
            ),
        ])
    }

    /// The members of an object of the file, all of which must be there, and no others.
    private struct Fields {
        let path: String
        private let object: JSONObject
        private let prefix: String

        init(_ value: JSONValue, _ path: String, field: String? = nil, keys: [String]) throws(DriftError) {
            self.path = path
            prefix = field.map { $0 + "." } ?? ""
            guard let object = value.object else {
                throw DriftError(path: path, reason: "\(field ?? "the file") holds \(value.kind), expected an object")
            }
            self.object = object
            if let unknown = object.members.first(where: { !keys.contains($0.key) }) {
                throw DriftError(
                    path: path,
                    reason: "\(prefix)\(String(unknown.key.prefix(64)).debugDescription) is unknown; expected "
                        + keys.joined(separator: ", ")
                )
            }
            if let missing = keys.first(where: { object[$0] == nil }) {
                throw DriftError(path: path, reason: "\"\(prefix)\(missing)\" is missing")
            }
        }

        /// Of a key that was asked for.
        subscript(key: String) -> JSONValue { object[key] ?? .null }

        func wrong(_ field: String, _ expected: String) -> DriftError {
            DriftError(path: path, reason: "\"\(prefix)\(field)\" is not as it must be: expected \(expected)")
        }

        func string(_ field: String) throws(DriftError) -> String {
            guard let string = self[field].string, string.utf8.count <= nameLimit else {
                throw wrong(field, "a string of at most \(nameLimit) bytes")
            }
            return string
        }

        func count(_ field: String) throws(DriftError) -> Int {
            guard let count = self[field].integer, (1...countLimit).contains(count) else {
                throw wrong(field, "a whole number from 1")
            }
            return count
        }

        func array(_ field: String) throws(DriftError) -> [JSONValue] {
            guard let array = self[field].array else { throw wrong(field, "an array") }
            return array
        }

        func objects(_ field: String, keys: [String]) throws(DriftError) -> [Fields] {
            try array(field).map { value throws(DriftError) in try Fields(value, path, field: field, keys: keys) }
        }
    }
}
