/// Bytes that no state of a program tells apart, numbered from 0.
struct ByteClasses {
    /// What a state reads, as classes, and where it goes on; no classes for one that reads nothing.
    struct Transition {
        var classes = ByteSet()
        var next: UInt16 = 0
    }

    /// The class of each byte.
    private(set) var classes = [UInt8](repeating: 0, count: 256)
    /// Of each class: whether its bytes are letters, digits and the underscore of ASCII. All false where nothing asks.
    private(set) var isWord = [false]
    var count: Int { isWord.count }

    init(_ program: PatternProgram) {
        var ranges = Set<ClosedRange<UInt8>>()
        var hasBoundaries = false
        for state in program.states {
            switch state {
            case .bytes(let range, _): ranges.insert(range)
            case .assertion(.wordBoundary, _), .assertion(.noWordBoundary, _): hasBoundaries = true
            case .assertion, .choice, .match: break
            }
        }
        for range in ranges { split { range.contains($0) } }
        if hasBoundaries {
            func isWordByte(_ byte: UInt8) -> Bool { ScalarSet.wordCharacters.contains(Unicode.Scalar(byte)) }
            split(isWordByte)
            for byte in UInt8.min...UInt8.max where isWordByte(byte) { isWord[Int(classes[Int(byte)])] = true }
        }
    }

    /// Tells the bytes apart for which `isInside` holds from the others.
    private mutating func split(_ isInside: (UInt8) -> Bool) {
        // Of each class the numbers of the parts inside and outside, or -1; the first found keeps the class's number.
        var parts = [Int](repeating: -1, count: 2 * count)
        for byte in UInt8.min...UInt8.max {
            let old = Int(classes[Int(byte)]), side = 2 * old + (isInside(byte) ? 1 : 0)
            if parts[side] < 0 {
                parts[side] = parts[side ^ 1] < 0 ? old : count
                if parts[side] == count { isWord.append(false) }
            }
            classes[Int(byte)] = UInt8(parts[side])
        }
    }

    /// What each state of the program reads.
    func transitions(of program: PatternProgram) -> [Transition] {
        program.states.map { state in
            guard case .bytes(let range, let next) = state else { return Transition() }
            var transition = Transition(next: UInt16(next))
            for byte in range { transition.classes.insert(classes[Int(byte)]) }
            return transition
        }
    }
}
