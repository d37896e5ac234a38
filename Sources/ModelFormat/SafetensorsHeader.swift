import StrictJSON
import Tensors

/// The header of a safetensors file: https://github.com/huggingface/safetensors#format
///
/// Eight bytes with the length of the JSON text (little-endian), the text itself, padded with spaces, and then the data
/// section. Refused as in the reference implementation: overlaps and holes between tensors, data that no tensor owns, sizes that
/// do not follow from element type and shape, repeated names. The limits come on top.
struct SafetensorsHeader {
    static let lengthBytes = 8
    static let metadataKey = "__metadata__"

    /// In the order of the data section.
    let entries: [TensorEntry]
    let metadata: [String: String]

    /// Bytes of the data section.
    var dataBytes: Int { entries.last?.byteRange.upperBound ?? 0 }

    /// The length of the JSON text, from the first eight bytes of a file.
    static func jsonLength(_ bytes: [UInt8], limits: FormatLimits) throws(FormatDefect) -> Int {
        let length = bytes.littleEndian(at: 0, width: lengthBytes)
        guard length <= UInt64(limits.headerBytes) else {
            throw FormatDefect(
                .limitExceeded,
                "the header length is \(length) bytes, above the limit of \(limits.headerBytes)"
            )
        }
        return Int(length)
    }

    /// Reads the JSON text. Guarantees that the entries are contiguous from 0 and within the limits.
    init(json: [UInt8], limits: FormatLimits) throws(FormatDefect) {
        guard json.first == UInt8(ascii: "{") else {
            throw FormatDefect(.invalidHeader, "the header does not start with '{'")
        }
        let members = try Self.members(of: json)
        var entries: [TensorEntry] = []
        var metadata: [String: String] = [:]
        for member in members {
            if member.key == Self.metadataKey {
                metadata = try Self.metadata(member.value)
            } else {
                guard entries.count < limits.tensors else {
                    throw FormatDefect(.limitExceeded, "the header lists more than \(limits.tensors) tensors")
                }
                entries.append(try TensorEntry(member, limits: limits))
            }
        }
        entries.sort { lhs, rhs in
            (lhs.byteRange.lowerBound, lhs.byteRange.upperBound, lhs.name)
                < (rhs.byteRange.lowerBound, rhs.byteRange.upperBound, rhs.name)
        }
        try Self.checkContiguous(entries)
        self.entries = entries
        self.metadata = metadata
    }

    private static func members(of json: [UInt8]) throws(FormatDefect) -> [JSONObject.Member] {
        do {
            // The first byte is '{', so that anything that parses is an object.
            return try JSONParser.parse(json).object?.members ?? []
        } catch {
            throw FormatDefect(.invalidHeader, "the header is not valid JSON: \(error)")
        }
    }

    private static func metadata(_ value: JSONValue) throws(FormatDefect) -> [String: String] {
        guard let object = value.object else {
            throw FormatDefect(.invalidHeader, "\(metadataKey) is \(value.kind), not an object")
        }
        var metadata: [String: String] = [:]
        for member in object.members {
            guard let text = member.value.string else {
                throw FormatDefect(
                    .invalidHeader,
                    "\(metadataKey) holds \(member.value.kind) for \(quoted(member.key)), not a string"
                )
            }
            metadata[member.key] = text
        }
        return metadata
    }

    private static func checkContiguous(_ entries: [TensorEntry]) throws(FormatDefect) {
        var end = 0
        for entry in entries {
            guard entry.byteRange.lowerBound == end else {
                let kind =
                    entry.byteRange.lowerBound < end ? "overlaps the tensor before it" : "leaves a hole before it"
                throw FormatDefect(
                    .invalidOffsets,
                    "tensor \(quoted(entry.name)) \(kind): it starts at byte \(entry.byteRange.lowerBound), expected \(end)"
                )
            }
            end = entry.byteRange.upperBound
        }
    }
}

extension TensorEntry {
    fileprivate init(_ member: JSONObject.Member, limits: FormatLimits) throws(FormatDefect) {
        let name = member.key
        guard (1...max(limits.nameBytes, 1)).contains(name.utf8.count) else {
            throw FormatDefect(
                .limitExceeded,
                "tensor \(quoted(name)) has a name of \(name.utf8.count) bytes, expected 1 to \(limits.nameBytes)"
            )
        }
        guard let dtype = member.value["dtype"]?.string else {
            throw FormatDefect(.invalidHeader, "tensor \(quoted(name)) has no \"dtype\" that is a string")
        }
        guard let elementType = ElementType(rawValue: dtype) else {
            throw FormatDefect(
                .unknownElementType,
                "tensor \(quoted(name)) has the unknown element type \(quoted(dtype))"
            )
        }
        let shape = try Self.shape(of: name, member.value["shape"], limits: limits)
        let range = try Self.offsets(of: name, member.value["data_offsets"])
        guard let byteCount = shape.byteCount(of: elementType) else {
            throw FormatDefect(.invalidShape, "tensor \(quoted(name)): the byte size of shape \(shape) overflows")
        }
        guard byteCount == range.count else {
            throw FormatDefect(
                .invalidShape,
                "tensor \(quoted(name)) of type \(dtype) and shape \(shape) needs \(byteCount) bytes, its offsets give \(range.count)"
            )
        }
        self.init(name: name, elementType: elementType, shape: shape, byteRange: range)
    }

    private static func shape(
        of name: String,
        _ value: JSONValue?,
        limits: FormatLimits
    ) throws(FormatDefect) -> TensorShape {
        guard let elements = value?.array else {
            throw FormatDefect(.invalidHeader, "tensor \(quoted(name)) has no \"shape\" that is an array")
        }
        guard elements.count <= limits.rank else {
            throw FormatDefect(
                .limitExceeded,
                "tensor \(quoted(name)) has rank \(elements.count), above the limit of \(limits.rank)"
            )
        }
        let dimensions = try Self.unsignedIntegers(elements, "shape", of: name)
        do {
            return try TensorShape(dimensions)
        } catch {
            throw FormatDefect(.invalidShape, "tensor \(quoted(name)): \(error)")
        }
    }

    private static func offsets(of name: String, _ value: JSONValue?) throws(FormatDefect) -> Range<Int> {
        guard let elements = value?.array, elements.count == 2 else {
            throw FormatDefect(.invalidHeader, "tensor \(quoted(name)) has no \"data_offsets\" that is a pair")
        }
        let bounds = try unsignedIntegers(elements, "data_offsets", of: name)
        guard bounds[0] <= bounds[1] else {
            throw FormatDefect(
                .invalidOffsets,
                "tensor \(quoted(name)) ends at byte \(bounds[1]), before it starts at \(bounds[0])"
            )
        }
        return bounds[0]..<bounds[1]
    }

    /// Written without fraction and sign, as the reference demands.
    private static func unsignedIntegers(
        _ values: [JSONValue],
        _ field: String,
        of name: String
    ) throws(FormatDefect) -> [Int] {
        var integers: [Int] = []
        for value in values {
            guard case .integer(let wide) = value, wide >= 0, let integer = Int(exactly: wide) else {
                throw FormatDefect(
                    .invalidHeader,
                    "tensor \(quoted(name)) has \(quoted(value.text())) in \"\(field)\", expected an unsigned integer"
                )
            }
            integers.append(integer)
        }
        return integers
    }
}
