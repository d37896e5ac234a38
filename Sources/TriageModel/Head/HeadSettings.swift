package import StrictJSON

/// What `triage.json` says of a head that was fitted on an encoder's vectors; its weights are in `head.safetensors.zst`.
package struct HeadSettings: Sendable, Equatable {
    /// Binary logarithm of the buckets of lexical features; nil for a head that reads the vector alone.
    package var lexicalBits: Int?
    package var scope: Scope?
    package var confidence: Confidence

    /// How strange a text is: by how many standard deviations its greatest logit and its likeness to the closest example
    /// fall short of what they are for held-out texts in scope, both together.
    package struct Scope: Sendable, Equatable {
        /// Mean and standard deviation of the greatest logit, and of the cosine with the closest example.
        package var logit, similarity: Moments
        /// The share of held-out texts in scope that are less strange than `values` at the same place; both ascending.
        package var shares, values: [Double]

        package init(logit: Moments, similarity: Moments, shares: [Double], values: [Double]) {
            self.logit = logit
            self.similarity = similarity
            self.shares = shares
            self.values = values
        }
    }

    package struct Moments: Sendable, Equatable {
        package var mean, deviation: Double

        /// Numbers that are divided by it stay finite, however much they are multiplied by afterwards.
        package static let leastDeviation = 1e-6

        package init(mean: Double, deviation: Double) {
            self.mean = mean
            self.deviation = deviation
        }
    }

    /// The probability that the likeliest label is right: a logistic function of how much it leads and how strange the
    /// text is, fitted on held-out texts (after Platt 1999).
    package struct Confidence: Sendable, Equatable {
        package var bias: Double
        /// Factor of the log-odds of its probability.
        package var logOdds: Double
        /// Factor of the logarithm of its probability over the next.
        package var gap: Double
        /// Factor of the strangeness.
        package var strangeness: Double

        package init(bias: Double, logOdds: Double, gap: Double, strangeness: Double) {
            self.bias = bias
            self.logOdds = logOdds
            self.gap = gap
            self.strangeness = strangeness
        }
    }

    package init(lexicalBits: Int?, scope: Scope?, confidence: Confidence) {
        self.lexicalBits = lexicalBits
        self.scope = scope
        self.confidence = confidence
    }
}

extension HeadSettings {
    init(_ json: JSONValue, path: String) throws(ModelError) {
        let fields = try JSONFields(json, path: path, field: "head")
        try fields.checkKeys(["lexical_bits", "scope", "confidence"])
        if fields["lexical_bits"] != nil {
            let bits = try fields.integer("lexical_bits")
            guard LexicalFeatures.bitRange.contains(bits) else {
                throw ModelError(path: path, reason: "\"head.lexical_bits\" is \(bits), expected 4 to 20")
            }
            lexicalBits = bits
        }
        scope = try fields["scope"].map { value throws(ModelError) in try Scope(value, path: path) }
        guard let value = fields["confidence"] else { throw fields.wrong("confidence", "an object") }
        let weights = try JSONFields(value, path: path, field: "head.confidence")
        try weights.checkKeys(["bias", "log_odds", "gap", "strangeness"])
        confidence = Confidence(
            bias: try weights.bounded("bias"),
            logOdds: try weights.bounded("log_odds"),
            gap: try weights.bounded("gap"),
            strangeness: try weights.bounded("strangeness")
        )
    }

    package var json: JSONValue {
        var object: JSONObject = [:]
        if let lexicalBits { object["lexical_bits"] = JSONValue(lexicalBits) }
        if let scope { object["scope"] = scope.json }
        object["confidence"] = .object([
            "bias": .number(confidence.bias), "log_odds": .number(confidence.logOdds), "gap": .number(confidence.gap),
            "strangeness": .number(confidence.strangeness),
        ])
        return .object(object)
    }
}

extension HeadSettings.Scope {
    fileprivate init(_ json: JSONValue, path: String) throws(ModelError) {
        let fields = try JSONFields(json, path: path, field: "head.scope")
        try fields.checkKeys(["logit", "similarity", "shares", "values"])
        logit = try Self.moments(fields, "logit")
        similarity = try Self.moments(fields, "similarity")
        shares = try fields.ascending("shares")
        values = try fields.ascending("values")
        guard shares.count == values.count, shares.count >= 2, shares[0] >= 0, shares[shares.count - 1] <= 1 else {
            throw ModelError(
                path: path,
                reason:
                    "\"head.scope\" has \(shares.count) shares and \(values.count) values, expected as many of both, "
                    + "two or more, the shares from 0 to 1"
            )
        }
    }

    private static func moments(_ fields: JSONFields, _ name: String) throws(ModelError) -> HeadSettings.Moments {
        guard let value = fields[name] else { throw fields.wrong(name, "an object") }
        let moments = try JSONFields(value, path: fields.path, field: "head.scope.\(name)")
        try moments.checkKeys(["mean", "deviation"])
        let deviation = try moments.bounded("deviation")
        guard deviation >= HeadSettings.Moments.leastDeviation else {
            throw ModelError(
                path: fields.path,
                reason: "\"head.scope.\(name).deviation\" is \(deviation), expected at least a millionth"
            )
        }
        return HeadSettings.Moments(mean: try moments.bounded("mean"), deviation: deviation)
    }

    fileprivate var json: JSONValue {
        func object(_ moments: HeadSettings.Moments) -> JSONValue {
            .object(["mean": .number(moments.mean), "deviation": .number(moments.deviation)])
        }
        return .object([
            "logit": object(logit), "similarity": object(similarity),
            "shares": .array(shares.map { .number($0) }), "values": .array(values.map { .number($0) }),
        ])
    }
}
