internal import StrictJSON

/// A value in the file together with its path, so that every error says where it is.
struct TokenizerFileNode {
    let value: JSONValue
    let location: String

    func invalid(_ reason: String) -> TokenizerError {
        .invalid(location: location.isEmpty ? "tokenizer.json" : location, reason: reason)
    }

    private func expected(_ kind: String) -> TokenizerError { invalid("expected \(kind), found \(value.kind)") }

    /// The member `key`, nil when absent or null.
    func optional(_ key: String) throws(TokenizerError) -> TokenizerFileNode? {
        guard let value = try object()[key], value != .null else { return nil }
        return TokenizerFileNode(value: value, location: location.isEmpty ? key : "\(location).\(key)")
    }

    func required(_ key: String) throws(TokenizerError) -> TokenizerFileNode {
        guard let node = try optional(key) else { throw invalid("\"\(key)\" is missing") }
        return node
    }

    func object() throws(TokenizerError) -> JSONObject {
        guard let object = value.object else { throw expected("an object") }
        return object
    }

    func elements() throws(TokenizerError) -> [TokenizerFileNode] {
        guard let array = value.array else { throw expected("an array") }
        return array.indices.map { TokenizerFileNode(value: array[$0], location: "\(location)[\($0)]") }
    }

    func string() throws(TokenizerError) -> String {
        guard let string = value.string else { throw expected("a string") }
        return string
    }

    func bool() throws(TokenizerError) -> Bool {
        guard let bool = value.bool else { throw expected("a boolean") }
        return bool
    }

    func integer(in range: ClosedRange<Int>) throws(TokenizerError) -> Int {
        guard let integer = value.integer else { throw expected("an integer") }
        guard range.contains(integer) else {
            throw invalid("\(integer) is not between \(range.lowerBound) and \(range.upperBound)")
        }
        return integer
    }

    func tokenID() throws(TokenizerError) -> UInt32 {
        UInt32(truncatingIfNeeded: try integer(in: 0...Vocabulary.maximumID))
    }

    /// The error for a component of a kind that is not implemented. `component` is this node's key.
    func unsupported(supported: String) throws(TokenizerError) -> TokenizerError {
        let type = try optional("type")?.string()
        return .unsupported(
            component: location,
            found: type.map(TokenizerError.quoted) ?? "without type",
            supported: supported
        )
    }
}
