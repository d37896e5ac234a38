package import StrictJSON

/// What `triage.json` says of when the model decides and when it abstains.
public struct DecisionSettings: Sendable, Equatable {
    /// The least confidence with which the model decides, 0 to 1.
    public var threshold: Float
    /// The most that a text may be out of scope, 0 to 1, for the model to decide.
    public var outOfScopeThreshold: Float
    /// The routes where two labels are too close, the most careful first: the first of them that one of the two labels leads
    /// to is taken, the last where neither does; empty for none.
    public var ambiguousRoutes: [String]
    /// The route where the text is unlike anything in training; nil for none.
    public var outOfScopeRoute: String?
    /// What was promised of the decisions when the thresholds were chosen; nil where nothing was.
    public var promise: Promise?

    /// An error rate among the queries that the model decides, and how surely it holds for queries like those that it was
    /// chosen on.
    public struct Promise: Sendable, Equatable {
        /// At most this share of the decisions is wrong…
        public var maximumError: Double
        /// …with this probability over the choice of the held-out texts.
        public var certainty: Double
        /// The share of the held-out texts that were decided.
        public var coverage: Double
        /// Held-out texts, those that were decided, and those decided wrongly.
        public var rows, decided, wrong: Int

        package init(maximumError: Double, certainty: Double, coverage: Double, rows: Int, decided: Int, wrong: Int) {
            self.maximumError = maximumError
            self.certainty = certainty
            self.coverage = coverage
            self.rows = rows
            self.decided = decided
            self.wrong = wrong
        }
    }

    package init(
        threshold: Float,
        outOfScopeThreshold: Float,
        ambiguousRoutes: [String],
        outOfScopeRoute: String?,
        promise: Promise?
    ) {
        self.threshold = threshold
        self.outOfScopeThreshold = outOfScopeThreshold
        self.ambiguousRoutes = ambiguousRoutes
        self.outOfScopeRoute = outOfScopeRoute
        self.promise = promise
    }
}

extension DecisionSettings {
    init(_ json: JSONValue, path: String) throws(ModelError) {
        let fields = try JSONFields(json, path: path, field: "decision")
        try fields.checkKeys(["threshold", "out_of_scope_threshold", "fallback", "promise"])
        threshold = Float(try fields.share("threshold"))
        outOfScopeThreshold = Float(try fields.share("out_of_scope_threshold"))
        ambiguousRoutes = []
        if let value = fields["fallback"] {
            let fallback = try JSONFields(value, path: path, field: "decision.fallback")
            try fallback.checkKeys(["ambiguous", "out_of_scope"])
            ambiguousRoutes = try Self.routes(fallback)
            outOfScopeRoute = try fallback.string("out_of_scope")
        }
        promise = try fields["promise"].map { value throws(ModelError) in
            let promise = try JSONFields(value, path: path, field: "decision.promise")
            try promise.checkKeys(["maximum_error", "certainty", "coverage", "rows", "decided", "wrong"])
            return Promise(
                maximumError: try promise.share("maximum_error"),
                certainty: try promise.share("certainty"),
                coverage: try promise.share("coverage"),
                rows: try promise.integer("rows"),
                decided: try promise.integer("decided"),
                wrong: try promise.integer("wrong")
            )
        }
    }

    /// One route, or several.
    private static func routes(_ fallback: JSONFields) throws(ModelError) -> [String] {
        guard let routes = fallback["ambiguous"]?.array else {
            return try fallback.string("ambiguous").map { [$0] } ?? []
        }
        let names = routes.compactMap(\.string)
        guard names.count == routes.count else { throw fallback.wrong("ambiguous", "a route or an array of routes") }
        return names
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "threshold": JSONValue(threshold), "out_of_scope_threshold": JSONValue(outOfScopeThreshold),
        ]
        var fallback: JSONObject = [:]
        if !ambiguousRoutes.isEmpty { fallback["ambiguous"] = .array(ambiguousRoutes.map { .string($0) }) }
        if let outOfScopeRoute { fallback["out_of_scope"] = .string(outOfScopeRoute) }
        if !fallback.members.isEmpty { object["fallback"] = .object(fallback) }
        if let promise {
            object["promise"] = .object([
                "maximum_error": .number(promise.maximumError), "certainty": .number(promise.certainty),
                "coverage": .number(promise.coverage), "rows": JSONValue(promise.rows),
                "decided": JSONValue(promise.decided), "wrong": JSONValue(promise.wrong),
            ])
        }
        return .object(object)
    }
}
