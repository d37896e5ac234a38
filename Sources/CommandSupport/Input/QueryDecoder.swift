import StrictJSON

/// How the lines of an input are read.
package enum InputFormat: String, CaseIterable, Sendable {
    /// JSON Lines where the file's name or the first line that is not blank says so, otherwise text.
    case auto
    /// Each line is a text.
    case text
    /// Each line is a JSON object with `text` and, if wanted, `id`.
    case jsonl
}

/// Makes queries of lines; every line gives one query or one reason why not.
package struct QueryDecoder: Sendable {
    private static let jsonSuffixes = [".jsonl", ".ndjson", ".json"]

    private var format: InputFormat

    package init(format: InputFormat, file: String) {
        let isNamedJSON = Self.jsonSuffixes.contains { file.hasSuffix($0) }
        self.format = format == .auto && isNamedJSON ? .jsonl : format
    }

    package mutating func decode(_ line: Line) -> Result<Query, BadInput> {
        if format == .auto, let first = line.bytes.first(where: { !Self.isBlank($0) }) {
            format = first == UInt8(ascii: "{") ? .jsonl : .text
        }
        guard line.isTooLong || line.bytes.contains(where: { !Self.isBlank($0) }) else {
            return failure(line, "empty text")
        }
        guard !line.isTooLong else {
            return failure(line, "longer than \(LineReader<DescriptorSource>.maximumLength) bytes")
        }
        // Mostly a file in UTF-16; a tokenizer would drop these bytes in silence.
        guard !line.bytes.contains(0) else { return failure(line, "contains a NUL byte: not a UTF-8 text") }
        guard let text = String(validating: line.bytes, as: UTF8.self) else { return failure(line, "not valid UTF-8") }
        guard format == .jsonl else {
            return Query.checked(id: JSONValue(line.number), line: line.number, text: text)
        }
        return object(line)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    private func object(_ line: Line) -> Result<Query, BadInput> {
        let value: JSONValue
        do { value = try JSONParser.parse(line.bytes) } catch { return failure(line, "not JSON: \(error)") }
        guard let object = value.object else { return failure(line, "expected a JSON object, found \(value.kind)") }
        let id: JSONValue
        switch object["id"] {
        case .none, .some(.null): id = JSONValue(line.number)
        case .some(.string(let name)): id = .string(name)
        case .some(.integer(let number)): id = .integer(number)
        case .some: return failure(line, "`id` is neither a string nor a 64-bit integer")
        }
        guard let text = object["text"] else { return failure(line, "no `text`", id: id) }
        guard let text = text.string else { return failure(line, "`text` is \(text.kind), not a string", id: id) }
        return Query.checked(id: id, line: line.number, text: text)
    }

    private func failure(_ line: Line, _ reason: String, id: JSONValue? = nil) -> Result<Query, BadInput> {
        .failure(BadInput(id: id ?? JSONValue(line.number), line: line.number, reason: reason))
    }
}
