import StrictJSON
import Tensors

/// The plan of a safetensors file: its header and the order of its tensors.
struct SafetensorsLayout: Sendable {
    /// The data section starts at a multiple of this.
    private static let dataAlignment = SharedMemory.alignment

    /// Length field, JSON text and padding.
    let header: [UInt8]
    /// In the order of the data section.
    let tensors: [Tensor]

    /// Orders tensors by element size, descending, then by name, so that all are aligned to their elements.
    init(
        _ tensors: [String: Tensor],
        metadata: [String: String],
        limits: FormatLimits
    ) throws(FormatDefect) {
        guard tensors.count <= limits.tensors else {
            throw FormatDefect(.unrepresentable, "has \(tensors.count) tensors, above the limit of \(limits.tensors)")
        }
        let ordered = tensors.sorted { lhs, rhs in
            (rhs.value.elementType.size, lhs.key) < (lhs.value.elementType.size, rhs.key)
        }
        var members: [JSONObject.Member] = []
        if !metadata.isEmpty {
            let strings = metadata.sorted { $0.key < $1.key }
                .map { JSONObject.Member(key: $0.key, value: .string($0.value)) }
            members.append(.init(key: SafetensorsHeader.metadataKey, value: .object(.init(uniqueMembers: strings))))
        }
        var offset = 0
        for (name, tensor) in ordered {
            try Self.check(name, limits)
            let (end, overflow) = offset.addingReportingOverflow(tensor.byteCount)
            guard !overflow, end <= limits.decodedBytes else {
                throw FormatDefect(
                    .unrepresentable,
                    "has more than the limit of \(limits.decodedBytes) bytes of tensors"
                )
            }
            members.append(.init(key: name, value: Self.description(tensor, offset..<end)))
            offset = end
        }
        header = try Self.header(members, limits)
        self.tensors = ordered.map(\.value)
    }

    private static func check(_ name: String, _ limits: FormatLimits) throws(FormatDefect) {
        guard !name.isEmpty, name.utf8.count <= limits.nameBytes, name != SafetensorsHeader.metadataKey else {
            throw FormatDefect(.unrepresentable, "cannot name a tensor \(quoted(name))")
        }
    }

    private static func description(_ tensor: Tensor, _ range: Range<Int>) -> JSONValue {
        .object([
            "dtype": .string(tensor.elementType.rawValue),
            "shape": .array(tensor.shape.dimensions.map { JSONValue($0) }),
            "data_offsets": .array([JSONValue(range.lowerBound), JSONValue(range.upperBound)]),
        ])
    }

    private static func header(_ members: [JSONObject.Member], _ limits: FormatLimits) throws(FormatDefect) -> [UInt8] {
        var json = Array(JSONValue.object(JSONObject(uniqueMembers: members)).text().utf8)
        let unaligned = (SafetensorsHeader.lengthBytes + json.count) % dataAlignment
        if unaligned > 0 { json.append(contentsOf: repeatElement(0x20, count: dataAlignment - unaligned)) }
        guard json.count <= limits.headerBytes else {
            throw FormatDefect(
                .unrepresentable,
                "needs a header of \(json.count) bytes, above the limit of \(limits.headerBytes)"
            )
        }
        var header: [UInt8] = []
        header.appendLittleEndian(UInt64(json.count))
        return header + json
    }
}
