import StrictJSON

/// What `triage.json` says of the first stage, which answers a text from its words alone where it is sure enough.
package struct FirstStageSettings: Sendable, Equatable {
    /// Values between its two layers.
    package let intermediateSize: Int
    /// Its logits are divided by it.
    package let temperature: Float
    /// It answers where its greatest probability is at least this.
    package let threshold: Float
    /// The temperature of the whole model for the texts that the first stage leaves to it; nil where it is the same as
    /// for all texts.
    package let laterTemperature: Float?

    private static let keys = ["intermediate_size", "temperature", "threshold", "later_temperature"]
    private static let greatestSize = 1 << 15

    init(_ json: JSONValue, path: String) throws(ModelError) {
        let fields = try JSONFields(json, path: path, field: "first_stage")
        try fields.checkKeys(Self.keys)
        intermediateSize = try fields.integer("intermediate_size")
        guard (1...Self.greatestSize).contains(intermediateSize) else {
            throw ModelError(
                path: path,
                reason: "\"first_stage.intermediate_size\" is \(intermediateSize), expected 1 to \(Self.greatestSize)"
            )
        }
        guard let temperature = try fields.temperature("temperature") else {
            throw fields.wrong("temperature", "a number")
        }
        self.temperature = temperature
        guard let threshold = fields["threshold"]?.number else { throw fields.wrong("threshold", "a number") }
        guard Float(threshold) > 0, threshold <= 1 else {
            let reason = "\"first_stage.threshold\" is \(threshold), expected above 0 and at most 1"
            throw ModelError(path: path, reason: reason)
        }
        self.threshold = Float(threshold)
        laterTemperature = try fields.temperature("later_temperature")
    }
}
