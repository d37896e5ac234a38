package import StrictJSON

/// A figure that may be undefined, and between which values it lies with a probability of 95 %.
package struct Figure: Sendable, Equatable {
    /// Nil where the figure is undefined.
    package let value: Double?
    /// The 2.5th and the 97.5th percentile of the bootstrap; nil where none was taken or it says nothing.
    package var interval: ClosedRange<Double>?
    /// Why the value is undefined; nil where it is not.
    package let why: String?

    package init(_ value: Double) {
        self.value = value
        why = nil
    }

    /// Undefined.
    package init(undefined why: String) {
        value = nil
        self.why = why
    }

    /// Numerator over denominator; undefined for the given reason where that is 0.
    package init(_ numerator: Double, over denominator: Double, else why: String) {
        self = denominator > 0 ? Figure(numerator / denominator) : Figure(undefined: why)
    }

    /// `{"value": 0.91, "interval": [0.9, 0.92]}`, or `{"value": null, "why": "no row is out of scope"}`.
    package var json: JSONValue {
        var json: JSONObject = ["value": value.map { .number($0) } ?? .null]
        json["interval"] = interval.map { .array([.number($0.lowerBound), .number($0.upperBound)]) }
        json["why"] = why.map { .string($0) }
        return .object(json)
    }
}
