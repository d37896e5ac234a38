/// The text conditions of all rules of a policy, compiled; immutable, shared by threads. Exact texts and prefixes only.
struct TextConditions: Sendable {
    private let conditions: [Policy.TextCondition]

    init(_ conditions: [Policy.TextCondition]) throws(TextConditionError) {
        var compiled: [Policy.TextCondition] = []
        for (index, condition) in conditions.enumerated() {
            switch condition {
            case .exact(let texts): compiled.append(.exact(try normalized(texts, index)))
            case .prefix(let texts): compiled.append(.prefix(try normalized(texts, index)))
            case .pattern(let pattern):
                guard pattern.count(where: { $0 == "(" }) == pattern.count(where: { $0 == ")" }) else {
                    throw TextConditionError(index: index, reason: "unmatched parenthesis at character 1")
                }
                compiled.append(condition)
            }
        }
        self.conditions = compiled
    }

    struct Matches: Sendable {
        var text = ""
        init() {}
    }

    func begin(_ text: String, _ matches: inout Matches) {
        matches.text = ((try? normalized([text], 0)) ?? []).first ?? ""
    }

    func holds(_ index: Int, _ matches: inout Matches) -> Bool {
        switch conditions[index] {
        case .exact(let texts): texts.contains(matches.text)
        case .prefix(let texts): texts.contains(where: matches.text.hasPrefix)
        case .pattern: false
        }
    }

    func implies(_ b: Int, _ a: Int) -> Bool {
        switch (conditions[b], conditions[a]) {
        case (.exact(let b), .exact(let a)): b.allSatisfy(a.contains)
        case (.exact(let b), .prefix(let a)), (.prefix(let b), .prefix(let a)):
            b.allSatisfy { b in a.contains { b.hasPrefix($0) } }
        case (.pattern(let b), .pattern(let a)): a == b
        default: false
        }
    }
}

struct TextConditionError: Error {
    let index: Int
    let reason: String
}

private func normalized(_ texts: [String], _ index: Int) throws(TextConditionError) -> [String] {
    var result: [String] = []
    for text in texts {
        let words = text.lowercased().split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty else { throw TextConditionError(index: index, reason: "an empty text") }
        result.append(words.joined(separator: " "))
    }
    return result
}
