import NIOCore
import StrictJSON

/// The body of `POST /v1/triage`.
struct TriageRequest: Sendable {
    let texts: [String]
    /// Whether the texts came as `texts`, and the answer is a list.
    let isList: Bool
    let tenant: String?
    let metadata: [String: String]
    let isExplained: Bool

    private static let maximumNameBytes = 127
    private static let maximumValueBytes = 1_024
    private static let maximumMetadata = 32

    init(_ body: ByteBuffer, maximumTexts: Int) throws(RequestError) {
        var reader = try BodyReader(body)
        let text = try reader.takeText("text")
        let list = reader.take("texts")
        switch (text, list) {
        case (let text?, nil): (texts, isList) = ([text], false)
        case (nil, let list?): (texts, isList) = (try BodyReader.texts(list, "texts", limit: maximumTexts), true)
        case (nil, nil): throw BodyReader.invalid("neither `text` nor `texts` is given")
        default: throw BodyReader.invalid("`text` and `texts` are both given")
        }
        tenant = try reader.takeText("tenant")
        if let tenant, tenant.isEmpty || tenant.utf8.count > Self.maximumNameBytes {
            throw BodyReader.invalid("`tenant` must have 1 to \(Self.maximumNameBytes) bytes")
        }
        metadata = try Self.metadata(reader.take("metadata"))
        isExplained = try reader.takeBool("explain") ?? false
        try reader.end(known: "text or texts, tenant, metadata, explain")
    }

    private static func metadata(_ value: JSONValue?) throws(RequestError) -> [String: String] {
        guard let value else { return [:] }
        guard let object = value.object else {
            throw BodyReader.invalid("`metadata` is \(value.kind), expected an object of strings")
        }
        guard object.members.count <= maximumMetadata else {
            throw BodyReader.invalid("`metadata` has \(object.members.count) members, the limit is \(maximumMetadata)")
        }
        var metadata: [String: String] = [:]
        for member in object.members {
            guard (1...maximumNameBytes).contains(member.key.utf8.count) else {
                throw BodyReader.invalid("a key of `metadata` must have 1 to \(maximumNameBytes) bytes")
            }
            guard let text = member.value.string, text.utf8.count <= maximumValueBytes else {
                let limit = "a string of at most \(maximumValueBytes) bytes"
                throw BodyReader.invalid("`metadata.\(member.key)` must be \(limit)")
            }
            guard metadata.updateValue(text, forKey: member.key) == nil else {
                throw BodyReader.invalid("two keys of `metadata` are the same character by character")
            }
        }
        return metadata
    }
}
