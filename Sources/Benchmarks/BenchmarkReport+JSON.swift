package import StrictJSON

extension BenchmarkReport {
    /// Raised when a reader of older files would misunderstand a newer one.
    package static let schema = 1

    package var json: JSONObject {
        [
            "schema": JSONValue(Self.schema),
            "environment": .object(environment.json),
            "parameters": .object(parameters.json),
            "measures": .array(measures.map { .object($0.json) }),
            "notes": .array(notes.map { .string($0) }),
        ]
    }

    /// Reads what `json` gives; members that are not known are passed over.
    package init(json: JSONValue) throws(BenchmarkError) {
        let fields = try Fields(json, path: "the report")
        let schema = try fields.integer("schema")
        guard schema == Self.schema else {
            throw BenchmarkError("schema is \(schema), this program reads \(Self.schema)")
        }
        let environment = try RunEnvironment(try fields.fields("environment"))
        let parameters = try ReportedParameters(try fields.fields("parameters"))
        var measures: [Measure] = []
        var keys: Set<Measure.Key> = []
        for (index, value) in try fields.array("measures").enumerated() {
            let measure = try Measure(try Fields(value, path: "measures[\(index)]"))
            guard keys.insert(measure.key).inserted else {
                throw BenchmarkError("measures[\(index)] repeats \(measure.key.name)")
            }
            measures.append(measure)
        }
        self.init(environment: environment, parameters: parameters, measures: measures)
    }
}

extension Measure.Key {
    var name: String { "\(section.rawValue): \(subject): \(quantity.rawValue)" }
}

extension Measure {
    fileprivate var json: JSONObject {
        [
            "section": .string(key.section.rawValue),
            "subject": .string(key.subject),
            "quantity": .string(key.quantity.rawValue),
            "unit": .string(key.quantity.unit),
            "better": .string(key.quantity.isBetterLower ? "lower" : "higher"),
            "value": .number(significant(value)),
            "lowest": .number(lowest),
            "highest": .number(highest),
            "rounds": .array(rounds.map { .number($0) }),
        ]
    }

    fileprivate init(_ fields: Fields) throws(BenchmarkError) {
        let section = try fields.string("section")
        let quantity = try fields.string("quantity")
        guard let section = Section(rawValue: section) else {
            throw BenchmarkError("\(fields.path).section is \(section.debugDescription), which is no section")
        }
        guard let quantity = Quantity(rawValue: quantity) else {
            throw BenchmarkError("\(fields.path).quantity is \(quantity.debugDescription), which is no quantity")
        }
        var rounds: [Double] = []
        for value in try fields.array("rounds") {
            // What is not a number fails the check below.
            rounds.append(value.number ?? .nan)
        }
        let key = Key(section, try fields.string("subject"), quantity)
        guard let measure = Measure(key, rounds: rounds) else {
            throw BenchmarkError("\(fields.path).rounds must hold numbers above 0, at least one")
        }
        self = measure
    }
}

extension RunEnvironment {
    fileprivate var json: JSONObject {
        [
            "version": .string(version),
            "date": .string(date),
            "processor": .string(processor),
            "usable_cores": JSONValue(usableCores),
            "kernel": .string(kernel),
            "core_share": coreShare.map { .number($0) } ?? .null,
            "instruction_set": .string(instructionSet),
            "integer_instruction": .string(integerInstruction),
            "float_instruction": .string(floatInstruction),
            "openblas_core": openBLASCore.isEmpty ? .null : .string(openBLASCore),
            "model": .string(model),
            "identity": .string(identity),
            "backend": .string(backend),
            "gpu": device.map { .object($0.json) } ?? .null,
        ]
    }

    fileprivate init(_ fields: Fields) throws(BenchmarkError) {
        self.init(
            version: try fields.string("version"),
            date: try fields.string("date"),
            processor: try fields.string("processor"),
            usableCores: try fields.integer("usable_cores"),
            kernel: try fields.string("kernel"),
            coreShare: fields["core_share"]?.number,
            instructionSet: try fields.string("instruction_set"),
            integerInstruction: try fields.string("integer_instruction"),
            floatInstruction: try fields.string("float_instruction"),
            openBLASCore: fields["openblas_core"]?.string ?? "",
            model: try fields.string("model"),
            identity: try fields.string("identity"),
            backend: try fields.string("backend"),
            device: try ReportedDevice(fields)
        )
    }
}

extension ReportedDevice {
    fileprivate var json: JSONObject {
        [
            "name": .string(name), "driver": .string(driver), "type": .string(kind), "api_version": .string(version),
            "integer_product": .string(integerProduct), "timestamp_nanoseconds": .number(timestampPeriod),
        ]
    }

    /// Of the environment; nil where the CPU computed, and in reports from before there were others.
    fileprivate init?(_ environment: Fields) throws(BenchmarkError) {
        guard environment["gpu"]?.object != nil else { return nil }
        let fields = try environment.fields("gpu")
        self.init(
            name: try fields.string("name"),
            driver: try fields.string("driver"),
            kind: try fields.string("type"),
            version: try fields.string("api_version"),
            integerProduct: try fields.string("integer_product"),
            timestampPeriod: try fields.number("timestamp_nanoseconds")
        )
    }
}

extension ReportedParameters {
    fileprivate var json: JSONObject {
        [
            "sections": .array(sections.map { .string($0) }),
            "threads": .array(threads.map { JSONValue($0) }),
            "shapes": .array(shapes.map { .string($0) }),
            "batches": .array(batches.map { JSONValue($0) }),
            "seconds": .number(seconds),
            "rounds": JSONValue(rounds),
            "precision": .string(precision),
            "queries": .object([
                "source": .string(querySource), "count": JSONValue(queryCount), "sha256": .string(queryDigest),
            ]),
            "warm_up": .string(Benchmark.warmUp),
        ]
    }

    fileprivate init(_ fields: Fields) throws(BenchmarkError) {
        let queries = try fields.fields("queries")
        self.init(
            sections: try fields.array("sections").compactMap(\.string),
            threads: try fields.array("threads").compactMap(\.integer),
            shapes: try fields.array("shapes").compactMap(\.string),
            batches: (fields["batches"]?.array ?? []).compactMap(\.integer),
            seconds: try fields.number("seconds"),
            rounds: try fields.integer("rounds"),
            precision: try fields.string("precision"),
            querySource: try queries.string("source"),
            queryCount: try queries.integer("count"),
            queryDigest: try queries.string("sha256")
        )
    }
}

/// The members of an object, and the path by which messages call it.
private struct Fields {
    let path: String
    private let object: JSONObject

    init(_ value: JSONValue, path: String) throws(BenchmarkError) {
        guard let object = value.object else {
            throw BenchmarkError("\(path) must be an object, found \(value.kind)")
        }
        self.path = path
        self.object = object
    }

    subscript(key: String) -> JSONValue? { object[key] }

    func string(_ key: String) throws(BenchmarkError) -> String { try get(key, "a string", \.string) }
    func integer(_ key: String) throws(BenchmarkError) -> Int { try get(key, "an integer", \.integer) }
    func number(_ key: String) throws(BenchmarkError) -> Double { try get(key, "a number", \.number) }
    func array(_ key: String) throws(BenchmarkError) -> [JSONValue] { try get(key, "an array", \.array) }
    func fields(_ key: String) throws(BenchmarkError) -> Fields {
        try Fields(try get(key, "an object", { $0 }), path: key)
    }

    private func get<Value>(
        _ key: String,
        _ expected: String,
        _ read: (JSONValue) -> Value?
    ) throws(BenchmarkError) -> Value {
        guard let value = object[key] else { throw BenchmarkError("\(path) has no \(key)") }
        guard let result = read(value) else {
            throw BenchmarkError("\(path): \(key) must be \(expected), found \(value.kind)")
        }
        return result
    }
}
