package import StrictJSON

/// What `triage.json` says of the first stage, which answers a text from its words alone where it is sure enough that it
/// may.
package struct FirstStageSettings: Sendable, Equatable {
    /// Its logits are divided by it.
    package let temperature: Float
    /// It answers where its greatest probability is at least this…
    package let threshold: Float
    /// …and where it takes at most this share of the texts in scope to be less strange.
    package let outOfScopeLimit: Float

    package init(_ json: JSONValue, path: String) throws(ModelError) {
        let fields = try JSONFields(json, path: path, field: "first_stage")
        try fields.checkKeys(["temperature", "threshold", "out_of_scope_limit"])
        guard let temperature = try fields.temperature("temperature") else {
            throw fields.wrong("temperature", "a number")
        }
        self.temperature = temperature
        threshold = Float(try fields.share("threshold"))
        outOfScopeLimit = Float(try fields.share("out_of_scope_limit"))
    }
}
