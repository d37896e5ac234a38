/// Strings of which a text must hold at least one for a pattern to match: what decides quickly that most patterns do not.
struct RequiredLiterals: Equatable {
    private static let maximumCount = 8
    /// Longer strings are cut at the front: the end tells numbered ones apart.
    private static let maximumLength = 32

    /// All strings that the node matches, where they are few.
    private let exact: Set<[UInt8]>?
    /// Strings of which every match holds one, none empty; nil where there are none to tell by.
    private let anyOf: Set<[UInt8]>?

    /// In no order; nil for none.
    static func of(_ node: PatternNode) -> Set<[UInt8]>? { RequiredLiterals(node).best }

    private init(exact: Set<[UInt8]>?, anyOf: Set<[UInt8]>?) {
        self.exact = exact
        self.anyOf = anyOf
    }

    private init(_ node: PatternNode) {
        switch node {
        case .empty, .assertion: self.init(exact: [[]], anyOf: nil)
        case .set(let set):
            self.init(exact: set.encoded(limit: Self.maximumCount).map { Set($0) }, anyOf: nil)
        case .concatenation(let items): self = Self.sequence(items.map { RequiredLiterals($0) })
        case .alternation(let branches): self = Self.union(branches.map { RequiredLiterals($0) })
        case .repetition(let body, let minimum, let maximum):
            let body = RequiredLiterals(body)
            guard minimum > 0 else {
                let exact = maximum == 1 ? body.exact?.union([[]]) : nil
                self.init(exact: exact.flatMap { $0.count <= Self.maximumCount ? $0 : nil }, anyOf: nil)
                return
            }
            let least = Self.sequence(Array(repeating: body, count: minimum))
            self = maximum == minimum ? least : RequiredLiterals(exact: nil, anyOf: least.best)
        }
    }

    private var best: Set<[UInt8]>? {
        if let exact, !exact.isEmpty, !exact.contains([]) { return exact }
        return anyOf
    }

    /// The more the shortest string tells, the better; of equal ones the fewer.
    private static func better(_ first: Set<[UInt8]>?, _ second: Set<[UInt8]>?) -> Set<[UInt8]>? {
        guard let first, let second else { return first ?? second }
        func worth(_ strings: Set<[UInt8]>) -> (Int, Int) { (strings.map(\.count).min() ?? 0, -strings.count) }
        return worth(second) > worth(first) ? second : first
    }

    private static func sequence(_ items: [RequiredLiterals]) -> RequiredLiterals {
        // What the items up to here match exactly, from the last one on that has too many strings.
        var run: Set<[UInt8]> = [[]]
        var isWhole = true
        var found: Set<[UInt8]>?
        func close() { if !run.contains([]) { found = better(found, run) } }
        for item in items {
            found = better(found, item.anyOf)
            guard let exact = item.exact else {
                close()
                run = [[]]
                isWhole = false
                continue
            }
            let longer = Set(run.flatMap { head in exact.map { head + $0 } })
            if longer.count <= maximumCount {
                isWhole = isWhole && longer.allSatisfy { $0.count <= maximumLength }
                run = Set(longer.map { Array($0.suffix(maximumLength)) })
            } else {
                close()
                run = exact
                isWhole = false
            }
        }
        close()
        return RequiredLiterals(exact: isWhole ? run : nil, anyOf: isWhole ? nil : found)
    }

    private static func union(_ branches: [RequiredLiterals]) -> RequiredLiterals {
        var exact: Set<[UInt8]>? = [], anyOf: Set<[UInt8]>? = []
        for branch in branches {
            exact = branch.exact.flatMap { exact?.union($0) }
            anyOf = branch.best.flatMap { anyOf?.union($0) }
        }
        if let strings = exact, strings.count > maximumCount { exact = nil }
        if let strings = anyOf, strings.count > maximumCount { anyOf = nil }
        return RequiredLiterals(exact: exact, anyOf: anyOf)
    }
}
