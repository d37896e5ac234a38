import StrictJSON

/// Reads the fields of a JSON object of a file, with errors that name the file, the field, and what was found.
struct JSONFields {
    let path: String
    let object: JSONObject
    /// Before the names of fields in errors: where the object lies in the file.
    private let prefix: String

    init(_ value: JSONValue, path: String, field: String? = nil) throws(ModelError) {
        guard let object = value.object else {
            let name = field.map { "\"\($0)\"" } ?? "the file"
            throw ModelError(path: path, reason: "\(name) holds \(value.kind), expected an object")
        }
        self.path = path
        self.object = object
        prefix = field.map { $0 + "." } ?? ""
    }

    /// The field's value; nil where it is absent or null.
    subscript(field: String) -> JSONValue? {
        guard let value = object[field], value != .null else { return nil }
        return value
    }

    func wrong(_ field: String, _ expected: String) -> ModelError {
        let found = self[field].map(\.kind) ?? "nothing"
        return ModelError(path: path, reason: "\"\(prefix)\(field)\" is \(found), expected \(expected)")
    }

    func integer(_ field: String) throws(ModelError) -> Int {
        guard let value = self[field]?.integer else { throw wrong(field, "an integer") }
        return value
    }

    func integer(_ field: String, default fallback: Int) throws(ModelError) -> Int {
        self[field] == nil ? fallback : try integer(field)
    }

    func number(_ field: String, default fallback: Double) throws(ModelError) -> Double {
        guard let value = self[field] else { return fallback }
        guard let number = value.number else { throw wrong(field, "a number") }
        return number
    }

    /// What logits are divided by: more than 0; nil where the field is absent.
    func temperature(_ field: String) throws(ModelError) -> Float? {
        guard self[field] != nil else { return nil }
        let value = try number(field, default: 1), temperature = Float(value)
        guard temperature.isNormal, temperature > 0 else {
            let reason = "\"\(prefix)\(field)\" is \(value), expected more than 0 and a 32-bit float"
            throw ModelError(path: path, reason: reason)
        }
        return temperature
    }

    func string(_ field: String) throws(ModelError) -> String? {
        guard let value = self[field] else { return nil }
        guard let string = value.string else { throw wrong(field, "a string") }
        return string
    }

    func bool(_ field: String, default fallback: Bool) throws(ModelError) -> Bool {
        guard let value = self[field] else { return fallback }
        guard let bool = value.bool else { throw wrong(field, "true or false") }
        return bool
    }

    /// Throws where there is a key that is not among `keys`: a setting that nobody reads is a mistake of who wrote it.
    func checkKeys(_ keys: [String]) throws(ModelError) {
        guard let unknown = object.members.first(where: { !keys.contains($0.key) }) else { return }
        throw ModelError(
            path: path,
            reason: "\"\(prefix.dropLast())\" has \(unknown.key.debugDescription), expected "
                + keys.joined(separator: ", ")
        )
    }

    /// A finite number, which must be there.
    func finite(_ field: String) throws(ModelError) -> Double {
        guard let value = self[field]?.number, value.isFinite else { throw wrong(field, "a number") }
        return value
    }

    /// A number of at most a million either way, which must be there.
    func bounded(_ field: String) throws(ModelError) -> Double {
        let value = try finite(field)
        guard abs(value) <= 1_000_000 else {
            throw ModelError(path: path, reason: "\"\(prefix)\(field)\" is \(value), expected at most a million")
        }
        return value
    }

    /// A number from 0 to 1, which must be there.
    func share(_ field: String) throws(ModelError) -> Double {
        let value = try finite(field)
        guard (0...1).contains(value) else {
            throw ModelError(path: path, reason: "\"\(prefix)\(field)\" is \(value), expected 0 to 1")
        }
        return value
    }

    /// Numbers of which none is smaller than the one before.
    func ascending(_ field: String) throws(ModelError) -> [Double] {
        let numbers = self[field]?.array?.map(\.number)
        guard let numbers, !numbers.contains(nil) else { throw wrong(field, "an array of numbers") }
        let values = numbers.compactMap(\.self)
        guard values.allSatisfy(\.isFinite), zip(values, values.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw ModelError(path: path, reason: "\"\(prefix)\(field)\" does not ascend")
        }
        return values
    }
}
