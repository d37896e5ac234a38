/// Compiles text conditions one after the other, within limits.
struct TextConditionCompiler {
    /// A compiled condition.
    enum Condition {
        /// Normalised, not empty.
        case exact([[UInt8]])
        case prefix([[UInt8]])
        case pattern(PatternAutomaton)
    }

    /// A run of bytes that a text must have.
    struct RunTest {
        /// Which of `runs`.
        var run: Int32 = 0
        var count: Int32 = 0
    }

    /// Of each condition added: its place in `conditions`. Equal ones have one.
    private(set) var slots: [Int] = []
    private(set) var conditions: [Condition] = []
    /// Of each of `conditions`: what a text must have to match it, where it is a pattern.
    private(set) var runTests: [RunTest] = []
    /// The sets of bytes that patterns need runs of.
    private(set) var runs: [ByteSet] = []
    /// The strings of which patterns need one, each with the slots of these patterns.
    private(set) var literals: [[UInt8]: [Int]] = [:]
    /// The texts of exact and prefix conditions, with their slots.
    var texts: [(bytes: [UInt8], isPrefix: Bool, condition: Int)] {
        var result: [(bytes: [UInt8], isPrefix: Bool, condition: Int)] = []
        for (slot, condition) in conditions.enumerated() {
            switch condition {
            case .exact(let texts): result += texts.map { ($0, false, slot) }
            case .prefix(let texts): result += texts.map { ($0, true, slot) }
            case .pattern: break
            }
        }
        return result
    }

    private let limits: PatternLimits
    private var work: PatternWork
    private var known: [Policy.TextCondition: Int] = [:]
    private var runIndices: [ByteSet: Int] = [:]
    /// Bytes of memory.
    private var size = 0

    init(limits: PatternLimits) {
        self.limits = limits
        work = PatternWork(limit: limits.work)
    }

    /// - Throws: `PatternError` where the condition is wrong, or too much together with those before it.
    mutating func add(_ condition: Policy.TextCondition) throws(PatternError) {
        if let slot = known[condition] {
            slots.append(slot)
            return
        }
        var runTest = RunTest()
        switch condition {
        case .exact(let texts): conditions.append(.exact(try normalized(texts)))
        case .prefix(let texts): conditions.append(.prefix(try normalized(texts)))
        case .pattern(let source):
            let node = try PatternParser.parse(source, limits: limits)
            let automaton = try automaton(of: node)
            try addLiterals(of: node)
            runTest = self.runTest(of: node)
            conditions.append(.pattern(automaton))
        }
        runTests.append(runTest)
        known[condition] = conditions.count - 1
        slots.append(conditions.count - 1)
    }

    private mutating func normalized(_ texts: [String]) throws(PatternError) -> [[UInt8]] {
        guard !texts.isEmpty else { throw PatternError(reason: "no text is given") }
        var result: [[UInt8]] = []
        for (index, text) in texts.enumerated() {
            let name = texts.count == 1 ? "the text" : "text \(index + 1)"
            let control = text.unicodeScalars.enumerated().first { _, scalar in
                scalar.properties.generalCategory == .control
                    && !(scalar.isASCII && NormalizedText.isWhiteSpace(UInt8(scalar.value)))
            }
            if let control {
                throw PatternError(reason: "\(name) has a control character at character \(control.offset + 1)")
            }
            let bytes = NormalizedText(text).bytes
            guard !bytes.isEmpty else { throw PatternError(reason: "\(name) is empty") }
            // Kept for `implies`, as an array with its header, and in the index.
            try reserve(bytes.count * 2 + 32 + MemoryLayout<[UInt8]>.stride + TextIndex.sizeOfText)
            result.append(bytes)
        }
        return result
    }

    private mutating func automaton(of node: PatternNode) throws(PatternError) -> PatternAutomaton {
        let program = try PatternProgram(node, limits: limits, work: &work)
        let automaton = try PatternAutomatonBuilder.automaton(of: program, limits: limits, work: &work)
        if automaton.matches([UInt8]().span) {
            throw PatternError(reason: "the pattern matches even the empty text; let it need at least one character")
        }
        guard automaton.matchesAnyText else {
            throw PatternError(
                reason: "the pattern can match no text: texts are searched with single spaces, and none at both ends"
            )
        }
        try reserve(automaton.table.count * MemoryLayout<UInt16>.stride + automaton.classes.count)
        return automaton
    }

    private mutating func addLiterals(of node: PatternNode) throws(PatternError) {
        for literal in RequiredLiterals.of(node) ?? [] {
            try reserve(literal.count * LiteralAutomaton.sizeOfByte + MemoryLayout<Int>.stride)
            literals[literal, default: []].append(conditions.count)
        }
    }

    /// The run that the pattern needs; one of no bytes where it may match without reading any, at a boundary.
    private mutating func runTest(of node: PatternNode) -> RunTest {
        let run = RequiredRun.of(node) ?? RequiredRun(bytes: ByteSet(), count: 0)
        let index = runIndices[run.bytes] ?? runs.count
        if index == runs.count {
            runIndices[run.bytes] = index
            runs.append(run.bytes)
        }
        return RunTest(run: Int32(index), count: Int32(run.count))
    }

    private mutating func reserve(_ bytes: Int) throws(PatternError) {
        size += bytes
        guard size <= limits.tableBytes else {
            throw PatternError(
                reason: "the text conditions up to this one need more than \(limits.tableBytes >> 20) MiB of memory; "
                    + "make patterns simpler or use fewer"
            )
        }
    }
}
