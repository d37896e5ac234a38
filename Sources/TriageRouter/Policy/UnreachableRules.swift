/// Finds rules that can never apply because an earlier one applies wherever they would: each of the earlier one's conditions
/// follows from theirs.
struct UnreachableRules {
    private let conditions: TextConditions
    /// Keys of metadata, numbered from 0; at most 32.
    private let keys: [String: Int]
    /// What is left to be done at most.
    private var steps: Int
    /// Values of metadata and patterns, numbered.
    private var numbers: [String: Int] = [:]
    private var matches = TextConditions.Matches()
    /// The number, among the conditions, of the first of the next list.
    private var nextCondition = 0

    /// `conditions` are those of the rules that have one, in the order in which `find` is given them.
    init(conditions: TextConditions, keys: [String: Int], steps: Int) {
        self.conditions = conditions
        self.keys = keys
        self.steps = steps
    }

    /// A rule as it is compared, without anything that has to be counted when it is copied.
    private struct Outline {
        /// A bit for each key of its metadata.
        var keys: UInt32 = 0
        var tokens = 0...Int.max
        /// The number of its text condition, -1 for none, and of the pattern, if it is one.
        var condition = -1
        var pattern = -1
    }

    /// Calls `report` with each rule that can never apply and the first that is the reason. Gives false where the search would take
    /// too long.
    ///
    /// Quadratic in the number of rules, at a few nanoseconds for a pair that differs in what they look at.
    mutating func find(in rules: [Policy.Rule], report: (_ later: Int, _ earlier: Int) -> Void) -> Bool {
        var outlines: [Outline] = []
        var metadata: [[(key: Int, values: [Int])]] = []
        for rule in rules {
            outlines.append(outline(of: rule))
            metadata.append(values(of: rule))
        }
        for later in rules.indices {
            let outline = outlines[later]
            steps -= later
            guard steps >= 0 else { return false }
            // A text that fulfils the condition: what follows from the condition holds for it, too.
            switch rules[later].text {
            case .exact(let texts), .prefix(let texts): conditions.begin(texts.first ?? "", &matches)
            default: break
            }
            for earlier in 0..<later {
                let other = outlines[earlier]
                guard other.keys & ~outline.keys == 0, other.tokens.lowerBound <= outline.tokens.lowerBound,
                    outline.tokens.upperBound <= other.tokens.upperBound, mayFollow(other, from: outline)
                else { continue }
                steps -= metadata[earlier].reduce(1) { $0 + $1.values.count }
                guard steps >= 0 else { return false }
                if metadata[earlier].allSatisfy({ isSubset(metadata[later], of: $0) }),
                    other.condition < 0 || conditions.implies(outline.condition, other.condition)
                {
                    report(later, earlier)
                    break
                }
            }
        }
        return true
    }

    /// Whether the text condition of `other` may follow from that of `outline`, by what is cheap to see.
    private mutating func mayFollow(_ other: Outline, from outline: Outline) -> Bool {
        if other.condition < 0 { return true }
        if outline.condition < 0 { return false }
        if outline.pattern >= 0 { return outline.pattern == other.pattern }
        return conditions.holds(other.condition, &matches)
    }

    /// Whether the metadata have values for the key of `other`, and only such as it has.
    private func isSubset(_ metadata: [(key: Int, values: [Int])], of other: (key: Int, values: [Int])) -> Bool {
        guard let values = metadata.first(where: { $0.key == other.key })?.values, values.count <= other.values.count
        else { return false }
        var rest = other.values[...]
        return values.allSatisfy { value in
            rest = rest.drop { $0 < value }
            return rest.first == value
        }
    }

    private mutating func outline(of rule: Policy.Rule) -> Outline {
        var outline = Outline()
        for key in rule.metadata.keys { if let number = keys[key] { outline.keys |= 1 << UInt32(number) } }
        outline.tokens = rule.tokens ?? 0...Int.max
        if let text = rule.text {
            outline.condition = nextCondition
            nextCondition += 1
            if case .pattern(let pattern) = text { outline.pattern = number(of: pattern) }
        }
        return outline
    }

    /// The numbers of the values by key, ascending and without repetitions.
    private mutating func values(of rule: Policy.Rule) -> [(key: Int, values: [Int])] {
        rule.metadata.map { key, values in
            var numbers: [Int] = []
            for value in values { numbers.append(number(of: value)) }
            numbers.sort()
            return (
                keys[key] ?? 0, numbers.indices.filter { $0 == 0 || numbers[$0 - 1] != numbers[$0] }.map { numbers[$0] }
            )
        }
    }

    private mutating func number(of text: String) -> Int {
        let number = numbers[text] ?? numbers.count
        numbers[text] = number
        return number
    }
}
