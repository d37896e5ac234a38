import NIOCore
import StrictJSON

/// The members of the JSON object that a request's body must be, each taken out once; what is left at the end is unknown.
struct BodyReader {
    private var members: [JSONObject.Member]

    init(_ body: ByteBuffer) throws(RequestError) {
        let bytes = Array(body.readableBytesView)
        guard !bytes.isEmpty else { throw Self.invalid("the body is empty; expected a JSON object") }
        do { _ = try UTF8Span(validating: bytes.span) } catch {
            throw Self.invalid("the body is not UTF-8 at byte \(error.byteOffsets.lowerBound)")
        }
        let value: JSONValue
        do throws(JSONError) { value = try JSONParser.parse(bytes) } catch { throw Self.invalid("\(error)") }
        guard let object = value.object else { throw Self.invalid("the body is \(value.kind), expected an object") }
        members = object.members
    }

    static func invalid(_ message: String) -> RequestError { RequestError(.badRequest, "invalid_request", message) }

    mutating func take(_ key: String) -> JSONValue? {
        guard let index = members.firstIndex(where: { $0.key.utf8.elementsEqual(key.utf8) }) else { return nil }
        let value = members.remove(at: index).value
        return value == .null ? nil : value
    }

    mutating func takeText(_ key: String) throws(RequestError) -> String? {
        guard let value = take(key) else { return nil }
        guard let text = value.string else { throw Self.invalid("`\(key)` is \(value.kind), expected a string") }
        return text
    }

    mutating func takeBool(_ key: String) throws(RequestError) -> Bool? {
        guard let value = take(key) else { return nil }
        guard let bool = value.bool else { throw Self.invalid("`\(key)` is \(value.kind), expected a boolean") }
        return bool
    }

    /// To be called last.
    func end(known: String) throws(RequestError) {
        guard let unknown = members.first?.key else { return }
        throw Self.invalid("unknown member `\(unknown.prefix(64))`; expected \(known)")
    }

    /// The strings of an array.
    static func texts(_ value: JSONValue, _ key: String, limit: Int) throws(RequestError) -> [String] {
        guard let elements = value.array else {
            throw invalid("`\(key)` is \(value.kind), expected an array of strings")
        }
        guard !elements.isEmpty else { throw invalid("`\(key)` is empty") }
        guard elements.count <= limit else {
            throw RequestError(
                .contentTooLarge,
                "too_many_texts",
                "`\(key)` has \(elements.count) texts, the limit is \(limit)"
            )
        }
        var texts: [String] = []
        texts.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            guard let text = element.string else {
                throw invalid("`\(key)[\(index)]` is \(element.kind), expected a string")
            }
            texts.append(text)
        }
        return texts
    }
}
