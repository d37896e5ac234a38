/// The rules of a policy, compiled: those of all tenants and the general ones, in lists. Immutable, shared by threads.
struct RuleBook: Sendable {
    /// What all rules know of one text and its context, found out when a rule first asks; kept for the next text.
    final class Scratch {
        fileprivate var matches = TextConditions.Matches()
        fileprivate var hasBegun = false
        /// By number of the key the number of its value in ``RuleBook/values``, ``unknown`` where no rule names it.
        fileprivate var values: [Int32] = []
        /// 0 where the text holds nothing to read.
        fileprivate var tokenCount: Int?
    }

    /// A rule's conditions as numbers, so that looking at a thousand rules touches no reference counts.
    private struct Rule {
        /// The number of its text condition; -1 for none.
        var text: Int32
        var minimumTokens: Int32
        var maximumTokens: Int32
        /// Its part of ``metadata``.
        var metadataStart: Int32
        var metadataEnd: Int32

        var limitsTokens: Bool { minimumTokens > 0 || maximumTokens < .max }
    }

    /// One value that the metadata may have for a key; those of one key lie together.
    private struct Metadata {
        var key: Int32
        var value: Int32
    }

    private static let unknown: Int32 = -1

    private let rules: [Rule]
    private let texts: TextConditions
    private let metadata: [Metadata]
    private let keys: [String]
    /// By number of the key.
    private let values: [[String: Int32]]

    /// `rules` of all lists, one list after the other.
    init(_ rules: [Policy.Rule]) throws(TextConditionError) {
        var conditions: [Policy.TextCondition] = []
        var metadata: [Metadata] = []
        var keys: [String: Int32] = [:]
        var values: [[String: Int32]] = []
        self.rules = rules.map { rule in
            let start = metadata.count
            for (key, allowed) in rule.metadata.sorted(by: { $0.key < $1.key }) {
                let number = keys[key] ?? Int32(keys.count)
                if keys[key] == nil {
                    keys[key] = number
                    values.append([:])
                }
                for value in allowed {
                    let known = values[Int(number)][value] ?? Int32(values[Int(number)].count)
                    values[Int(number)][value] = known
                    metadata.append(Metadata(key: number, value: known))
                }
            }
            if let text = rule.text { conditions.append(text) }
            return Rule(
                text: rule.text == nil ? -1 : Int32(conditions.count - 1),
                minimumTokens: Int32(clamping: rule.tokens?.lowerBound ?? 0),
                maximumTokens: Int32(clamping: rule.tokens?.upperBound ?? .max),
                metadataStart: Int32(start),
                metadataEnd: Int32(metadata.count)
            )
        }
        texts = try TextConditions(conditions)
        self.metadata = metadata
        self.keys = keys.sorted { $0.value < $1.value }.map(\.key)
        self.values = values
    }

    /// Forgets the text before.
    func begin(_ scratch: Scratch) {
        scratch.hasBegun = false
        scratch.tokenCount = nil
        scratch.values.removeAll(keepingCapacity: true)
    }

    /// The first rule of `list` that applies; nil where none does. `tokenCount` is nil where the text holds nothing to read:
    /// no rule that asks for a number of tokens applies to it.
    func first(
        in list: Range<Int>,
        _ text: String,
        _ context: RequestContext,
        tokenCount: () -> Int?,
        _ scratch: Scratch
    ) -> Int? {
        let rules = rules.span
        for index in list where applies(rules[index], text, context, tokenCount, scratch) { return index }
        return nil
    }

    private func applies(
        _ rule: Rule,
        _ text: String,
        _ context: RequestContext,
        _ tokenCount: () -> Int?,
        _ scratch: Scratch
    ) -> Bool {
        if rule.metadataStart < rule.metadataEnd && !allows(rule, context, scratch) { return false }
        if rule.text >= 0 {
            if !scratch.hasBegun {
                texts.begin(text, &scratch.matches)
                scratch.hasBegun = true
            }
            guard texts.holds(Int(rule.text), &scratch.matches) else { return false }
        }
        guard rule.limitsTokens else { return true }
        let count = scratch.tokenCount ?? tokenCount() ?? 0
        scratch.tokenCount = count
        return count > 0 && count >= Int(rule.minimumTokens) && count <= Int(rule.maximumTokens)
    }

    /// Whether for every key of the rule one of its values is the context's.
    private func allows(_ rule: Rule, _ context: RequestContext, _ scratch: Scratch) -> Bool {
        if scratch.values.isEmpty {
            for (key, known) in zip(keys, values) {
                scratch.values.append(context.value(of: key).flatMap { known[$0] } ?? Self.unknown)
            }
        }
        let metadata = metadata.span
        var key: Int32 = -1
        var isAllowed = true
        for index in Int(rule.metadataStart)..<Int(rule.metadataEnd) {
            let entry = metadata[index]
            if entry.key != key {
                guard isAllowed else { return false }
                (key, isAllowed) = (entry.key, false)
            }
            isAllowed = isAllowed || scratch.values[Int(key)] == entry.value
        }
        return isAllowed
    }
}
