/// The text conditions of all rules of a policy, compiled; immutable, shared by threads.
///
/// A text is compared with all exact texts and prefixes at once, and searched once for the strings that patterns need: most
/// patterns are out then. Each of the rest is run where it is asked for, unless the text lacks a run of bytes that it needs.
struct TextConditions: Sendable {
    /// What is known of a condition.
    fileprivate enum Answer: UInt8 {
        case no, yes, open
    }

    /// What is known of one text: scratch that a caller keeps; after a few texts it allocates nothing.
    struct Matches: Sendable {
        fileprivate var text = NormalizedText()
        fileprivate var answers: [Answer] = []
        fileprivate var isFound: [Bool] = []
        /// The longest run in the text of each set of bytes, or -1 where it is not known yet.
        fileprivate var runCounts: [Int] = []

        init() {}
    }

    /// Of each condition: its place in what follows. Equal conditions have one.
    private let slots: [Int32]
    private let conditions: [TextConditionCompiler.Condition]
    /// What is known before a text is looked at: patterns that need no string are open.
    private let initial: [Answer]
    private let index: TextIndex
    private let literals: LiteralAutomaton
    /// Of each literal: the slots of the patterns that it opens.
    private let opened: [[Int]]
    private let runTests: [TextConditionCompiler.RunTest]
    /// The sets of bytes that patterns need runs of.
    private let runs: [ByteSet]

    /// - Throws: `TextConditionError` for the first condition that is wrong, or too much together with those before it.
    init(
        _ conditions: [Policy.TextCondition],
        limits: PatternLimits = PatternLimits()
    ) throws(TextConditionError) {
        var compiler = TextConditionCompiler(limits: limits)
        for (index, condition) in conditions.enumerated() {
            do throws(PatternError) { try compiler.add(condition) } catch {
                throw TextConditionError(index: index, reason: error.reason)
            }
        }
        self.conditions = compiler.conditions
        slots = compiler.slots.map { Int32($0) }
        runTests = compiler.runTests
        runs = compiler.runs
        index = TextIndex(compiler.texts)
        let strings = compiler.literals.keys.sorted { $0.lexicographicallyPrecedes($1) }
        literals = LiteralAutomaton(strings)
        opened = strings.map { compiler.literals[$0] ?? [] }
        let needing = Set(opened.joined())
        initial = compiler.conditions.enumerated().map { slot, condition in
            if case .pattern = condition, !needing.contains(slot) { .open } else { .no }
        }
    }

    /// Begins a new text: normalises it, looks all exact texts and prefixes up, and finds which patterns can match at all.
    /// Linear in the text.
    func begin(_ text: String, _ matches: inout Matches) {
        // Taken out of the scratch for as long as the rest of it is written to.
        var normalized = NormalizedText(), isFound: [Bool] = []
        swap(&normalized, &matches.text)
        swap(&isFound, &matches.isFound)
        normalized.assign(text)
        matches.answers.removeAll(keepingCapacity: true)
        matches.answers.append(contentsOf: initial)
        matches.runCounts.removeAll(keepingCapacity: true)
        matches.runCounts.append(contentsOf: repeatElement(-1, count: runs.count))
        index.forEachCondition(of: normalized.bytes.span) { matches.answers[$0] = .yes }
        literals.forEachLiteral(in: normalized.bytes.span, isFound: &isFound) { literal in
            for slot in opened[literal] { matches.answers[slot] = .open }
        }
        swap(&normalized, &matches.text)
        swap(&isFound, &matches.isFound)
    }

    /// Whether condition `index` holds for the text that `begin` of this value was called with last. Patterns are run only
    /// here, each at most once a text.
    @inline(__always)
    func holds(_ index: Int, _ matches: inout Matches) -> Bool {
        let slot = Int(slots[index])
        switch matches.answers[slot] {
        case .no: return false
        case .yes: return true
        case .open: return decide(slot, &matches)
        }
    }

    private func decide(_ slot: Int, _ matches: inout Matches) -> Bool {
        let test = runTests[slot], run = Int(test.run)
        if matches.runCounts[run] < 0 { matches.runCounts[run] = matches.text.longestRun(of: runs[run]) }
        var holds = false
        if matches.runCounts[run] >= test.count, case .pattern(let automaton) = conditions[slot] {
            holds = automaton.matches(matches.text.bytes.span)
        }
        matches.answers[slot] = holds ? .yes : .no
        return holds
    }

    /// Whether every text that fulfils condition `b` fulfils `a`, as far as can be told: by equality, by the texts of `b`, and
    /// by what prefixes lead a pattern to. False where it is not known.
    func implies(_ b: Int, _ a: Int) -> Bool {
        let first = Int(slots[b]), second = Int(slots[a])
        if first == second { return true }
        switch (conditions[first], conditions[second]) {
        case (.exact(let texts), .pattern(let automaton)):
            return texts.allSatisfy { automaton.matches($0.span) }
        case (.prefix(let texts), .pattern(let automaton)):
            return texts.allSatisfy { automaton.matches($0.span, wholeText: false) }
        case (.exact(let texts), .exact), (.exact(let texts), .prefix), (.prefix(let texts), .prefix):
            return texts.allSatisfy { text in
                var isFulfilled = false
                index.forEachCondition(of: text.span) { isFulfilled = isFulfilled || $0 == second }
                return isFulfilled
            }
        case (.prefix, .exact), (.pattern, _): return false
        }
    }
}
