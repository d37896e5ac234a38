import CommandSupport
import StrictJSON

/// Reads labelled texts from JSON Lines: an object a line with `text`, a label, and, if wanted, `route` and `source`.
/// Blank lines and other fields are passed over.
enum JSONLinesReader {
    private struct Defect: Error {
        let reason: String
    }

    /// Throws `rows` where lines cannot be read, with the reason for each.
    static func read(
        _ bytes: [UInt8],
        file: String,
        labelField: String?,
        limits: DataLimits
    ) throws(DataFileError) -> DataContents {
        let mayUseRoute = labelField == nil
        let labelField = labelField ?? "label"
        var assembly = RowAssembly(file: file, labelField: labelField, mayUseRoute: mayUseRoute, limits: limits)
        var reader = LineReader(MemorySource(bytes))
        while let line = try next(&reader) {
            guard line.isTooLong || line.bytes.contains(where: { !isBlank($0) }) else { continue }
            let row: RowAssembly.Row
            do throws(Defect) {
                row = try self.row(line, labelField: labelField)
            } catch {
                assembly.reject(line: line.number, error.reason)
                continue
            }
            try assembly.add(row, line: line.number)
        }
        return try assembly.contents()
    }

    private static func next(_ reader: inout LineReader<MemorySource>) throws(DataFileError) -> Line? {
        do {
            if case .line(let line) = try reader.next() { return line }
            return nil
        } catch {
            throw .system(error)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    private static func row(_ line: Line, labelField: String) throws(Defect) -> RowAssembly.Row {
        guard !line.isTooLong else {
            throw Defect(reason: "longer than \(LineReader<MemorySource>.maximumLength) bytes")
        }
        // Mostly a file in UTF-16.
        guard !line.bytes.contains(0) else { throw Defect(reason: "contains a NUL byte: not a UTF-8 text") }
        let value: JSONValue
        do { value = try JSONParser.parse(line.bytes) } catch { throw Defect(reason: "not JSON: \(error)") }
        guard let object = value.object else {
            throw Defect(reason: "expected a JSON object, found \(value.kind)")
        }
        return RowAssembly.Row(
            text: try string("text", of: object),
            label: try string(labelField, of: object),
            route: try string("route", of: object),
            source: try string("source", of: object),
            isPrivate: try isPrivate(object)
        )
    }

    private static func isPrivate(_ object: JSONObject) throws(Defect) -> Bool {
        guard let value = object["private"], value != .null else { return false }
        guard let isPrivate = value.bool else { throw Defect(reason: "`private` is \(value.kind), not true or false") }
        return isPrivate
    }

    /// The string of a field; nil where it is absent or null.
    private static func string(_ field: String, of object: JSONObject) throws(Defect) -> String? {
        guard let value = object[field], value != .null else { return nil }
        guard let string = value.string else { throw Defect(reason: "`\(field)` is \(value.kind), not a string") }
        return string
    }
}
