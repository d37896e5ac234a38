package import Encoder
package import StrictJSON

/// What `triage.json` says beyond the Hugging Face files: labels and routes, calibration, pooling, golden vectors, and
/// where the model comes from. Keys it does not know are kept for those who read them.
package struct ModelDescription: Sendable {
    /// The version of the schema that this program reads and writes.
    package static let format = 1

    /// A text with the exact output of the int8 path for it.
    package struct GoldenVector: Sendable, Equatable {
        package let text: String
        /// The logits of a classifier, the embedding of an encoder.
        package let values: [Float]
        /// What answered; nil for a model without a first stage.
        package let stage: Classification.Stage?

        package init(text: String, values: [Float], stage: Classification.Stage?) {
            self.text = text
            self.values = values
            self.stage = stage
        }
    }

    package let json: JSONObject
    package let name: String?
    package let version: String?
    package let labels: [Label]?
    package let pooling: Pooling?
    /// Whether the dense layer between pooling and classifier is used.
    package let usesPooler: Bool
    package let normalizes: Bool?
    package let temperature: Float
    /// Nil for a model without a first stage.
    package let firstStage: FirstStageSettings?
    /// Nil for a model whose head is part of the network.
    package let head: HeadSettings?
    /// Nil for a model that decides always.
    package let decision: DecisionSettings?
    /// The longest text in tokens that the model is meant for.
    package let maximumTokenCount: Int?
    package let goldenVectors: [GoldenVector]

    package init(_ json: JSONValue, path: String) throws(ModelError) {
        let fields = try JSONFields(json, path: path)
        let format = try fields.integer("format")
        guard format == Self.format else {
            throw ModelError(
                path: path,
                reason: "\"format\" is \(format), this program reads format \(Self.format)"
            )
        }
        self.json = fields.object
        name = try fields.string("name")
        version = try fields.string("version")
        labels = try Self.labels(fields)
        pooling = try Self.pooling(fields)
        usesPooler = try fields.bool("pooler", default: pooling == nil)
        normalizes = fields["normalize"] == nil ? nil : try fields.bool("normalize", default: false)
        temperature = try Self.temperature(fields)
        firstStage = try fields["first_stage"].map { value throws(ModelError) in
            try FirstStageSettings(value, path: path)
        }
        head = try fields["head"].map { value throws(ModelError) in try HeadSettings(value, path: path) }
        decision = try fields["decision"].map { value throws(ModelError) in try DecisionSettings(value, path: path) }
        maximumTokenCount = fields["maximum_tokens"] == nil ? nil : try fields.integer("maximum_tokens")
        goldenVectors = try Self.goldenVectors(fields)
    }

    private static func labels(_ fields: JSONFields) throws(ModelError) -> [Label]? {
        guard let value = fields["labels"] else { return nil }
        guard let array = value.array else { throw fields.wrong("labels", "an array") }
        var labels: [Label] = []
        for element in array {
            let label = try JSONFields(element, path: fields.path, field: "labels")
            guard let name = try label.string("name") else { throw label.wrong("name", "a string") }
            guard !labels.contains(where: { $0.name == name }) else {
                throw ModelError(path: fields.path, reason: "label \(name.debugDescription) occurs twice")
            }
            labels.append(
                Label(name: name, route: try label.string("route"), target: try label.string("target"))
            )
        }
        return labels
    }

    private static func pooling(_ fields: JSONFields) throws(ModelError) -> Pooling? {
        guard let name = try fields.string("pooling") else { return nil }
        guard let pooling = Pooling(rawValue: name) else {
            throw ModelError(path: fields.path, reason: "\"pooling\" is \"\(name)\", expected mean or cls")
        }
        return pooling
    }

    private static func temperature(_ fields: JSONFields) throws(ModelError) -> Float {
        guard let value = fields["calibration"] else { return 1 }
        return try JSONFields(value, path: fields.path, field: "calibration").temperature("temperature") ?? 1
    }

    private static func goldenVectors(_ fields: JSONFields) throws(ModelError) -> [GoldenVector] {
        guard let value = fields["golden"] else { return [] }
        guard let array = value.array else { throw fields.wrong("golden", "an array") }
        var vectors: [GoldenVector] = []
        for element in array {
            let vector = try JSONFields(element, path: fields.path, field: "golden")
            guard let text = try vector.string("text") else { throw vector.wrong("text", "a string") }
            let numbers = vector["values"]?.array?.map(\.number)
            guard let numbers, !numbers.contains(nil) else { throw vector.wrong("values", "an array of numbers") }
            let stage = try vector.string("stage").map { name throws(ModelError) in
                guard let stage = Classification.Stage(rawValue: name) else {
                    throw ModelError(path: fields.path, reason: "\"stage\" is \"\(name)\", expected first or whole")
                }
                return stage
            }
            vectors.append(
                GoldenVector(text: text, values: numbers.compactMap { $0.map { Float($0) } }, stage: stage)
            )
        }
        return vectors
    }
}

extension ModelDescription {
    /// The description of a model converted from `source`: its own, completed by what the files say.
    package static func json(of source: ModelFiles, golden: [GoldenVector]) throws(ModelError) -> JSONValue {
        var json: JSONObject = ["format": JSONValue(format), "name": .string(source.name)]
        for member in source.description?.json.members ?? [] { json[member.key] = member.value }
        json["pooling"] = .string(source.head.pooling.rawValue)
        json["pooler"] = .bool(source.head.transform != nil)
        json["normalize"] = .bool(source.head.normalizesEmbedding)
        if let count = source.declaredMaximumTokenCount { json["maximum_tokens"] = JSONValue(count) }
        if !source.labels.isEmpty {
            json["labels"] = .array(
                source.labels.map { label in
                    var members: JSONObject = [
                        "name": .string(label.name), "route": label.route.map { .string($0) } ?? .null,
                    ]
                    members["target"] = label.target.map { .string($0) }
                    return .object(members)
                }
            )
        }
        json["converted_from"] = .string(try source.identity())
        json["golden"] = Self.json(of: golden)
        return .object(json)
    }

    /// Golden vectors as the file holds them.
    package static func json(of golden: [GoldenVector]) -> JSONValue {
        .array(
            golden.map { vector in
                var members: JSONObject = [
                    "text": .string(vector.text), "values": .array(vector.values.map { JSONValue($0) }),
                ]
                members["stage"] = vector.stage.map { .string($0.rawValue) }
                return .object(members)
            }
        )
    }
}
