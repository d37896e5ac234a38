/// A JSON document as RFC 8259 defines it, read strictly and written compactly.
///
/// Files that decide what a model computes are read with this and not with a coder: a repeated key is an error
/// (readers that keep the first and readers that keep the last would see two different models), the depth is bounded,
/// members keep their order, and integers keep their 64 bits.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent that fits 64 bits.
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// The members of a JSON object in the order of the text; keys are unique.
package struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    package struct Member: Sendable, Equatable {
        package let key: String
        package var value: JSONValue

        package init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    package private(set) var members: [Member]

    /// The caller guarantees that no key occurs twice.
    package init(uniqueMembers members: [Member]) {
        self.members = members
    }

    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(uniqueMembers: [])
        for (key, value) in elements { self[key] = value }
    }

    /// Linear in the number of members; iterate `members` where there are thousands. Keys are compared byte by byte.
    package subscript(key: String) -> JSONValue? {
        get { members.first { KeySet.isEqual($0.key, key) }?.value }
        set {
            if let index = members.firstIndex(where: { KeySet.isEqual($0.key, key) }) {
                if let newValue { members[index].value = newValue } else { members.remove(at: index) }
            } else if let newValue {
                members.append(Member(key: key, value: newValue))
            }
        }
    }
}

extension JSONValue {
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    package var string: String? { if case .string(let value) = self { value } else { nil } }

    package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

    package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// An integer, also when it was written with a fraction of zero (`2.0`); nil when it does not fit.
    package var integer: Int? {
        switch self {
        case .integer(let value): Int(exactly: value)
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    package var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    package subscript(key: String) -> JSONValue? { object?[key] }

    /// What a message calls this kind of value.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The shortest decimal that reads back as the same 32-bit value, not the 64-bit expansion of it.
    package init(_ value: Float) {
        self = .number(Double(value.description) ?? Double(value))
    }

    package init(_ value: Int) { self = .integer(Int64(value)) }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral value: String) { self = .string(value) }

    package init(integerLiteral value: Int64) { self = .integer(value) }

    package init(booleanLiteral value: Bool) { self = .bool(value) }
}
