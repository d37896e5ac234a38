/// Makes a program deterministic by the subset construction, with the limits checked at every step.
struct PatternAutomatonBuilder {
    /// What came before a position, as far as assertions ask.
    private enum Before: UInt8 {
        case start, wordByte, otherByte
    }

    /// The states of the program that wait for the next byte.
    private struct Subset: Hashable {
        var before: Before
        /// Ascending.
        var waiting: [UInt16]
    }

    private let program: PatternProgram
    private let limits: PatternLimits
    private let alphabet: ByteClasses
    private let transitions: [ByteClasses.Transition]
    private let width: Int
    /// Where the pattern may begin: everywhere.
    private var beginning: [UInt16] = []
    private var rows: [Subset: UInt16] = [:]
    private var subsets: [Subset] = []
    private var table: [UInt16]
    /// The states reached from those of a subset, which they are, and whether the end of the pattern is one of them.
    private var reached: [UInt16] = []
    private var isReached: [Bool]
    private var matches = false
    /// Scratch of `close`.
    private var pending: [Int] = []

    static func automaton(
        of program: PatternProgram,
        limits: PatternLimits,
        work: inout PatternWork
    ) throws(PatternError) -> PatternAutomaton {
        var builder = PatternAutomatonBuilder(program, limits)
        return try builder.build(&work)
    }

    private init(_ program: PatternProgram, _ limits: PatternLimits) {
        self.program = program
        self.limits = limits
        alphabet = ByteClasses(program)
        transitions = alphabet.transitions(of: program)
        width = alphabet.count + 1
        isReached = Array(repeating: false, count: program.states.count)
        // Two rows have no subset: the dead one, and the accepting one.
        table = Array(repeating: PatternAutomaton.dead, count: width)
        table += Array(repeating: PatternAutomaton.accepting, count: width)
    }

    private mutating func build(_ work: inout PatternWork) throws(PatternError) -> PatternAutomaton {
        try close(program.start, &work)
        let start = try row(before: .start, &work)
        beginning = subsets.first?.waiting ?? []
        let isWord = alphabet.isWord
        var next = 0
        while next < subsets.count {
            let subset = subsets[next]
            let offset = (next + 2) * width
            for nextIsWord in [false, true] {
                let before = nextIsWord ? Before.wordByte : .otherByte
                let waiting = try resolve(subset, isEnd: false, nextIsWord: nextIsWord, &work)
                // Most classes are read by nothing that waits, and so all lead to the same row.
                let otherwise = waiting == nil ? PatternAutomaton.accepting : try begin(before: before, &work)
                var read = ByteSet()
                for state in waiting ?? [] { read.formUnion(transitions[Int(state)].classes) }
                for byteClass in isWord.indices where isWord[byteClass] == nextIsWord {
                    var target = otherwise
                    if let waiting, read.contains(UInt8(byteClass)) {
                        try advance(waiting, by: UInt8(byteClass), &work)
                        target = try begin(before: before, &work)
                    }
                    table[offset + byteClass] = target
                }
            }
            let matchesAtEnd = try resolve(subset, isEnd: true, nextIsWord: false, &work) == nil
            table[offset + width - 1] = matchesAtEnd ? PatternAutomaton.accepting : PatternAutomaton.dead
            next += 1
        }
        return PatternAutomaton(classes: alphabet.classes, table: table, width: width, start: start)
    }

    /// What waits once the assertions are decided; nil where that reaches the end of the pattern.
    private mutating func resolve(
        _ subset: Subset,
        isEnd: Bool,
        nextIsWord: Bool,
        _ work: inout PatternWork
    ) throws(PatternError) -> [UInt16]? {
        try work.spend(subset.waiting.count)
        guard subset.waiting.contains(where: { isAssertion($0) }) else { return subset.waiting }
        defer { clear() }
        let isBoundary = (subset.before == .wordByte) != nextIsWord
        add(subset.waiting)
        var index = 0
        while index < reached.count {
            if case .assertion(let assertion, let next) = program.states[Int(reached[index])] {
                let holds =
                    switch assertion {
                    case .start: subset.before == .start
                    case .end: isEnd
                    case .wordBoundary: isBoundary
                    case .noWordBoundary: !isBoundary
                    }
                if holds { try close(next, &work) }
            }
            index += 1
        }
        return matches ? nil : reached
    }

    /// Reaches what follows those of the states that read a byte of the class.
    private mutating func advance(
        _ waiting: [UInt16],
        by byteClass: UInt8,
        _ work: inout PatternWork
    ) throws(PatternError) {
        try work.spend(waiting.count)
        for state in waiting where transitions[Int(state)].classes.contains(byteClass) {
            try close(Int(transitions[Int(state)].next), &work)
        }
    }

    /// The row of the states reached and those that begin anew.
    private mutating func begin(before: Before, _ work: inout PatternWork) throws(PatternError) -> UInt16 {
        try work.spend(beginning.count)
        add(beginning)
        return try row(before: before, &work)
    }

    private mutating func add(_ states: [UInt16]) {
        for state in states where !isReached[Int(state)] {
            isReached[Int(state)] = true
            reached.append(state)
        }
    }

    /// Adds all states that `first` leads to without a byte, up to assertions.
    private mutating func close(_ first: Int, _ work: inout PatternWork) throws(PatternError) {
        pending.append(first)
        while let state = pending.popLast() {
            try work.spend(1)
            if isReached[state] { continue }
            isReached[state] = true
            reached.append(UInt16(state))
            switch program.states[state] {
            case .bytes, .assertion: break
            case .choice(let first, let second):
                pending.append(first)
                pending.append(second)
            case .match: matches = true
            }
        }
    }

    private mutating func clear() {
        for state in reached { isReached[Int(state)] = false }
        reached.removeAll(keepingCapacity: true)
        matches = false
    }

    private func isAssertion(_ state: UInt16) -> Bool {
        if case .assertion = program.states[Int(state)] { true } else { false }
    }

    /// The row of the states reached, which is new where they are; forgets them.
    private mutating func row(before: Before, _ work: inout PatternWork) throws(PatternError) -> UInt16 {
        defer { clear() }
        if matches { return PatternAutomaton.accepting }
        // Sorting and looking up.
        try work.spend(reached.count * 4)
        var subset = Subset(before: .otherByte, waiting: [])
        for state in reached {
            switch program.states[Int(state)] {
            case .choice, .match: continue
            case .assertion(.start, _) where before != .start: continue
            // Only assertions ask what came before: without one it would tell apart states that are the same.
            case .assertion: subset.before = before
            case .bytes: break
            }
            subset.waiting.append(state)
        }
        if subset.waiting.isEmpty { return PatternAutomaton.dead }
        subset.waiting.sort()
        if let known = rows[subset] { return known }
        guard subsets.count + 2 < limits.automatonStates else {
            throw PatternError(
                reason: "the pattern needs more than \(limits.automatonStates) states; "
                    + "make it simpler, such as by anchoring it or shortening the repetitions"
            )
        }
        let row = UInt16(subsets.count + 2)
        subsets.append(subset)
        rows[subset] = row
        table += repeatElement(PatternAutomaton.dead, count: width)
        return row
    }
}
