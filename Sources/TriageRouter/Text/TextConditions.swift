struct TextConditionError: Error { let index: Int; let reason: String }
struct TextConditions: Sendable {
    let conditions: [Policy.TextCondition]
    init(_ conditions: [Policy.TextCondition]) throws(TextConditionError) { self.conditions = conditions }
    struct Matches: Sendable { var text = "" }
    func begin(_ text: String, _ matches: inout Matches) { matches.text = text }
    func holds(_ index: Int, _ matches: inout Matches) -> Bool {
        if case .exact(let texts) = conditions[index] { return texts.contains(matches.text) }
        return false
    }
}
