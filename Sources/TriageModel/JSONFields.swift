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
}
