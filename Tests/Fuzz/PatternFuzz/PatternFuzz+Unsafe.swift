import CFuzzer
@testable import TriageRouter

/// Hands the command line to libFuzzer, which tells its options itself.
func runPatternFuzz() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
    _ = unsafe LLVMFuzzerRunDriver(&count, &arguments, fuzzPattern)
}

/// What libFuzzer calls: a pattern, a line feed, and a text.
func fuzzPattern(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    let parts = input.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return 0 }
    match(String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
    return 0
}

/// A pattern that is accepted says the same of a text with all shortcuts as its automaton alone, and what it is said to
/// follow from it does.
private func match(_ source: String, _ text: String) {
    // Little work, so that there are many inputs a second.
    let limits = PatternLimits(automatonStates: 256, work: 1_000_000)
    guard let node = try? PatternParser.parse(source, limits: limits),
        let pattern = try? TextConditions([.pattern(source)], limits: limits)
    else { return }
    var work = PatternWork(limit: limits.work)
    guard let program = try? PatternProgram(node, limits: limits, work: &work),
        let automaton = try? PatternAutomatonBuilder.automaton(of: program, limits: limits, work: &work)
    else { preconditionFailure("accepted, but not compiled again") }
    var matches = TextConditions.Matches()
    pattern.begin(text, &matches)
    let holds = pattern.holds(0, &matches)
    precondition(holds == automaton.matches(NormalizedText(text).bytes.span))
    let conditions: [Policy.TextCondition] = [.pattern(source), .exact([text]), .prefix([text])]
    guard let all = try? TextConditions(conditions, limits: limits) else { return }
    all.begin(text, &matches)
    precondition(all.holds(1, &matches) && all.holds(2, &matches) && all.holds(0, &matches) == holds)
    precondition(all.implies(1, 0) == holds && all.implies(1, 2) && (holds || !all.implies(2, 0)))
    all.begin(text + "!\u{1F600}", &matches)
    precondition(!all.holds(1, &matches) && all.holds(2, &matches))
    precondition(all.holds(0, &matches) || !all.implies(2, 0))
}
