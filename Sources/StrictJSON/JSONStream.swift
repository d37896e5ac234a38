/// Writes JSON text value after value, without a tree of it: for answers of which thousands are written a second.
///
/// Commas are put where they belong; that objects and arrays are closed, and that keys are unique, is up to the caller.
package struct JSONStream {
    private var writer = JSONWriter()
    /// Whether the next value or key follows another one of the same object or array.
    private var needsComma = false

    package init(capacity: Int = 0) { writer.bytes.reserveCapacity(capacity) }

    /// What was written so far.
    package var bytes: [UInt8] { writer.bytes }

    package mutating func object(_ body: (inout JSONStream) -> Void) { group("{", "}", body) }

    package mutating func array(_ body: (inout JSONStream) -> Void) { group("[", "]", body) }

    private mutating func group(_ open: String, _ close: String, _ body: (inout JSONStream) -> Void) {
        separate()
        writer.append(raw: open)
        needsComma = false
        body(&self)
        writer.append(raw: close)
        needsComma = true
    }

    /// The key of the next value of an object.
    package mutating func key(_ key: String) {
        separate()
        writer.append(quoted: key)
        writer.append(raw: ":")
        needsComma = false
    }

    package mutating func string(_ value: String) {
        separate()
        writer.append(quoted: value)
    }

    package mutating func integer(_ value: Int) {
        separate()
        writer.append(raw: value.description)
    }

    package mutating func bool(_ value: Bool) {
        separate()
        writer.append(raw: value ? "true" : "false")
    }

    package mutating func null() {
        separate()
        writer.append(raw: "null")
    }

    package mutating func number(_ value: Double) {
        separate()
        writer.append(raw: JSONWriter.text(of: value))
    }

    /// The shortest decimal that reads back as the same 32-bit value; `null` where JSON cannot express it.
    package mutating func number(_ value: Float) {
        separate()
        writer.append(raw: value.isFinite ? value.description : "null")
    }

    package mutating func value(_ value: JSONValue) {
        separate()
        writer.append(value)
    }

    private mutating func separate() {
        if needsComma { writer.append(raw: ",") }
        needsComma = true
    }
}
