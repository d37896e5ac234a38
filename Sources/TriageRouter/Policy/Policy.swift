/// What a policy file says: who handles which label, when the model decides, and what happens where it does not.
///
/// A value; safe to share between threads. `Router.init(model:policy:)` binds it to a model.
public struct Policy: Sendable, Equatable {
    /// `sha256:` and the digest of the file's bytes.
    public internal(set) var identity: String
    /// The file it was read from, as errors name it.
    public internal(set) var file: String
    /// The currency of all prices, such as `USD`.
    public internal(set) var currency: String
    /// The handler of every query if there were no router: what savings are counted against.
    public internal(set) var baseline: String
    /// What holds where no tenant has terms of its own.
    public internal(set) var general: Terms
    /// What holds for single tenants: the general terms with the tenant's own in their place. A tenant's `rules` are its own
    /// only; the general ones come after them.
    public internal(set) var tenants: [String: Terms]
    /// Where the first of the file's `labels` is, from 1.
    var labelsLine = 1

    /// Everything that decides for one tenant, or for all others.
    public struct Terms: Sendable, Equatable {
        /// By name.
        public internal(set) var handlers: [String: Handler]
        /// By label of the model.
        public internal(set) var labels: [String: LabelTerms]
        /// When the model decides.
        public internal(set) var thresholds: Thresholds
        /// Who handles what is not decided.
        public internal(set) var fallback: Fallback
        /// The most UTF-8 bytes that are read of a text: longer ones are too long without being looked at.
        public internal(set) var maximumBytes: Int
        /// The most tokens, special ones included; nil for as many as the model reads.
        public internal(set) var maximumTokens: Int?
        /// Before the model, in order: the first that applies decides.
        public internal(set) var rules: [Rule]
    }

    /// Who handles queries, at what price.
    public struct Handler: Sendable, Equatable {
        /// What decisions name as their target.
        public internal(set) var name: String
        /// What it is.
        public internal(set) var route: Route
        /// What one query costs, in the policy's currency.
        public internal(set) var price: Double
        /// How long an answer takes, in milliseconds.
        public internal(set) var latency: Double
    }

    /// The three kinds of handlers.
    public enum Route: String, Sendable, CaseIterable {
        /// A deterministic script: the cheap path, which no fallback may lead to.
        case script
        /// A large remote model.
        case remote
        /// A person.
        case human
    }

    /// Who handles a label.
    public struct LabelTerms: Sendable, Equatable {
        /// A handler's name.
        public internal(set) var handler: String
        /// The least confidence with which this label is decided, 0 to 1; nil for that of all labels.
        public internal(set) var threshold: Float?
        /// Where the file names the label, from 1.
        public internal(set) var line: Int
    }

    /// When the model decides, each 0 to 1; nil for what the model's own settings say.
    public struct Thresholds: Sendable, Equatable {
        /// The least confidence.
        public internal(set) var confidence: Float?
        /// The least lead of the likeliest label over the next; nil for none.
        public internal(set) var margin: Float?
        /// The most that a text may be unlike anything in training.
        public internal(set) var outOfScope: Float?
    }

    /// Who handles what is not decided, by reason: names of handlers that are no scripts.
    public struct Fallback: Sendable, Equatable {
        /// The first whose route is that of one of the two labels, else the last; never empty.
        public internal(set) var ambiguous: [String]
        /// Where the text is unlike anything in training.
        public internal(set) var outOfScope: String
        /// Where the model cannot answer, or not in time.
        public internal(set) var unavailable: String
        /// Where the text is longer than is read.
        public internal(set) var tooLong: String
    }

    /// Decides before the model where all its conditions hold; at least one is given.
    public struct Rule: Sendable, Equatable {
        /// What decisions and explanations name.
        public internal(set) var name: String
        /// The handler's name.
        public internal(set) var handler: String
        /// What the text must be like; nil for any.
        public internal(set) var text: TextCondition?
        /// How many tokens the text may have, special ones included; nil for any number.
        public internal(set) var tokens: ClosedRange<Int>?
        /// For each key the values that the query's metadata may have; keys not named may have any or be missing.
        public internal(set) var metadata: [String: [String]]
        /// Where the file defines it, from 1.
        public internal(set) var line: Int
    }

    /// What a text must be like. Letters A to Z and their small ones are the same; runs of white space count as one space, and
    /// none at both ends.
    public enum TextCondition: Sendable, Hashable {
        /// One of these texts.
        case exact([String])
        /// Begins with one of these.
        case prefix([String])
        /// The regular expression matches somewhere in it.
        case pattern(String)
    }
}
