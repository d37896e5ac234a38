import CommandSupport
import ModelFormat
import StrictJSON

extension LabelledData {
    /// Reads JSON Lines with `text`, a label, and where they are there `route` and `source`.
    ///
    /// - Parameters:
    ///   - file: its path, `-` for standard input.
    ///   - labelField: the field of the label; nil for `label`.
    /// - Throws: `LabelledDataError` with the line, or `SystemError`.
    package static func read(_ file: String, labelField: String?, outOfScopeLabel: String?) throws -> LabelledData {
        let descriptor = file == "-" ? .standardInput : try Descriptor(reading: file)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case .bytes(let count) = try descriptor.read(into: &buffer, mayWait: true, interruption: nil) {
            bytes += buffer[..<count]
            guard bytes.count <= 1 << 30 else { throw LabelledDataError("\(file): longer than \(1 << 30) bytes") }
        }
        var texts: [LabelledText] = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            let place = "\(file):\(index + 1)"
            let json: JSONValue
            do throws(JSONError) { json = try JSONParser.parse(Array(line)) } catch {
                throw LabelledDataError("\(place): not JSON: \(error)")
            }
            guard let text = json["text"]?.string else { throw LabelledDataError("\(place): no \"text\"") }
            guard let label = json[labelField ?? "label"]?.string else {
                throw LabelledDataError(
                    "\(place): no \"\(labelField ?? "label")\"; --label-field names the field of the label"
                )
            }
            texts.append(
                LabelledText(
                    text: text,
                    label: label,
                    route: json["route"]?.string,
                    source: json["source"]?.string,
                    row: index + 1
                )
            )
        }
        guard !texts.isEmpty else { throw LabelledDataError("\(file): holds no labelled text") }
        return LabelledData(file: file, digest: sha256(of: bytes), texts: texts, outOfScopeLabel: outOfScopeLabel)
    }
}

/// Why labelled texts cannot be read: one sentence that names the place.
package struct LabelledDataError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
