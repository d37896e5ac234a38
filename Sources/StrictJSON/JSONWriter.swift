extension JSONValue {
    /// The value as JSON text: on one line, or indented by two spaces a level.
    package func text(pretty: Bool = false) -> String {
        var writer = JSONWriter(pretty: pretty)
        writer.append(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

/// Appends JSON text to a byte buffer. Numbers that JSON cannot express (infinities, NaN) become `null`.
package struct JSONWriter {
    package internal(set) var bytes: [UInt8] = []
    private let pretty: Bool
    private var level = 0

    package init(pretty: Bool = false) {
        self.pretty = pretty
    }

    package mutating func append(_ value: JSONValue) {
        switch value {
        case .null: append(raw: "null")
        case .bool(let value): append(raw: value ? "true" : "false")
        case .integer(let value): append(raw: value.description)
        case .number(let value): append(raw: Self.text(of: value))
        case .string(let value): append(quoted: value)
        case .array(let elements):
            // Arrays of plain numbers and words stay on one line, as people write shapes and vectors.
            let inline = !pretty || elements.allSatisfy { $0.array == nil && $0.object == nil }
            group("[", "]", elements, inline: inline) { writer, element in writer.append(element) }
        case .object(let object):
            group("{", "}", object.members, inline: !pretty) { writer, member in
                writer.append(quoted: member.key)
                writer.append(raw: writer.pretty ? ": " : ":")
                writer.append(member.value)
            }
        }
    }

    mutating func append(raw text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func group<Element>(
        _ open: String,
        _ close: String,
        _ elements: [Element],
        inline: Bool,
        _ body: (inout JSONWriter, Element) -> Void
    ) {
        append(raw: open)
        level += 1
        for (index, element) in elements.enumerated() {
            if index > 0 { append(raw: inline && pretty ? ", " : ",") }
            if !inline { newLine() }
            body(&self, element)
        }
        level -= 1
        if !inline && !elements.isEmpty { newLine() }
        append(raw: close)
    }

    private mutating func newLine() {
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: 2 * level))
    }

    mutating func append(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: append(raw: "\\n")
            case 0x0D: append(raw: "\\r")
            case 0x09: append(raw: "\\t")
            case 0..<0x20, 0x7F:
                let digits = String(byte, radix: 16)
                append(raw: "\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    static func text(of number: Double) -> String {
        guard number.isFinite else { return "null" }
        if let integer = Int64(exactly: number), integer.magnitude < 1 << 53, integer != 0 || number.sign == .plus {
            return integer.description
        }
        return number.description
    }
}
