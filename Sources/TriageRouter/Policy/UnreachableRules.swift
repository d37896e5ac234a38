/// Finds rules that can never apply because an earlier one applies wherever they would: each of the earlier one's conditions
/// follows from theirs.
struct UnreachableRules {
    private let conditions: TextConditions
    /// Keys of metadata, numbered from 0; at most 32.
    private let keys: [String: Int]
    /// What is left to be done at most.
    private var steps: Int
    /// Texts, patterns and values of metadata, numbered.
    private var numbers: [String: Int] = [:]
    /// By number, how often rules name them.
    private var counts: [Int] = []
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
        /// What it takes at most to tell whether the text condition implies another.
        var steps = 1
    }

    /// The values that a rule asks for under a key.
    private struct Values {
        let key: Int
        /// Ascending, without repetitions.
        let numbers: [Int]
        /// The one that the fewest rules name: where another has all, it has this.
        var rarest: Int

        func contains(_ number: Int) -> Bool {
            var range = 0..<numbers.count
            while !range.isEmpty {
                let middle = range.lowerBound + range.count / 2
                if numbers[middle] == number { return true }
                range = numbers[middle] < number ? middle + 1..<range.upperBound : range.lowerBound..<middle
            }
            return false
        }
    }

    /// Calls `report` with each rule that can never apply and the first that is the reason. Gives false where the search would
    /// take too long.
    ///
    /// Quadratic in the number of rules, at a few nanoseconds for a pair that differs in what they look at.
    mutating func find(in rules: [Policy.Rule], report: (_ later: Int, _ earlier: Int) -> Void) -> Bool {
        var outlines: [Outline] = [], metadata: [[Values]] = []
        for rule in rules {
            outlines.append(outline(of: rule))
            metadata.append(values(of: rule))
        }
        for later in rules.indices {
            steps -= later
            guard steps >= 0 else { return false }
            begin(rules[later], &outlines[later])
            for index in metadata[later].indices {
                let rarest = metadata[later][index].numbers.min { counts[$0] < counts[$1] }
                metadata[later][index].rarest = rarest ?? 0
            }
            let outline = outlines[later]
            for earlier in 0..<later {
                let other = outlines[earlier]
                guard other.keys & ~outline.keys == 0, other.tokens.lowerBound <= outline.tokens.lowerBound,
                    outline.tokens.upperBound <= other.tokens.upperBound, mayFollow(other, from: outline),
                    metadata[earlier].allSatisfy({ follows($0, from: metadata[later]) })
                else { continue }
                if other.condition >= 0 {
                    steps -= outline.steps
                    guard steps >= 0 else { return false }
                    guard conditions.implies(outline.condition, other.condition) else { continue }
                }
                report(later, earlier)
                break
            }
            guard steps >= 0 else { return false }
        }
        return true
    }

    /// Begins with a text that fulfils the rule's condition, of several the one that the fewest rules name: where another
    /// condition follows from this one, the text fulfils it, too.
    private mutating func begin(_ rule: Policy.Rule, _ outline: inout Outline) {
        switch rule.text {
        case .exact(let texts), .prefix(let texts):
            let shared = texts.map { (count: counts[numbers[$0] ?? 0], text: $0) }
            conditions.begin(shared.min { $0.count < $1.count }?.text ?? "", &matches)
            outline.steps = texts.count * (shared.map(\.count).max() ?? 1)
        case .pattern, nil: break
        }
    }

    /// Whether the text condition of `other` may follow from that of `outline`, by what is cheap to see.
    private mutating func mayFollow(_ other: Outline, from outline: Outline) -> Bool {
        if other.condition < 0 { return true }
        if outline.condition < 0 { return false }
        if outline.pattern >= 0 { return outline.pattern == other.pattern }
        return conditions.holds(other.condition, &matches)
    }

    /// Whether `metadata` have values for the key of `other`, and only such as it has.
    private mutating func follows(_ other: Values, from metadata: [Values]) -> Bool {
        guard let values = metadata.first(where: { $0.key == other.key }), values.numbers.count <= other.numbers.count,
            other.contains(values.rarest)
        else { return false }
        steps -= other.numbers.count
        var rest = other.numbers[...]
        return steps >= 0
            && values.numbers.allSatisfy { number in
                rest = rest.drop { $0 < number }
                return rest.first == number
            }
    }

    private mutating func outline(of rule: Policy.Rule) -> Outline {
        var outline = Outline()
        for key in rule.metadata.keys { if let number = keys[key] { outline.keys |= 1 << UInt32(number) } }
        outline.tokens = rule.tokens ?? 0...Int.max
        guard let text = rule.text else { return outline }
        outline.condition = nextCondition
        nextCondition += 1
        switch text {
        case .pattern(let pattern): outline.pattern = number(of: pattern)
        case .exact(let texts), .prefix(let texts): for text in texts { _ = number(of: text) }
        }
        return outline
    }

    private mutating func values(of rule: Policy.Rule) -> [Values] {
        var all: [Values] = []
        for (key, values) in rule.metadata {
            var numbers: [Int] = []
            for value in Set(values) { numbers.append(number(of: value)) }
            numbers.sort()
            all.append(Values(key: keys[key] ?? 0, numbers: numbers, rarest: 0))
        }
        return all
    }

    /// Counts a text, and gives the number of it.
    private mutating func number(of text: String) -> Int {
        if let number = numbers[text] {
            counts[number] += 1
            return number
        }
        numbers[text] = counts.count
        counts.append(1)
        return counts.count - 1
    }
}
