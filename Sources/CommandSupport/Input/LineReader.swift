/// A line of input.
package struct Line: Equatable, Sendable {
    /// Its number in the input, from 1.
    package let number: Int
    /// Without the line break; of a line that is too long only the beginning.
    package let bytes: [UInt8]
    package let isTooLong: Bool

    package init(number: Int, bytes: [UInt8], isTooLong: Bool) {
        self.number = number
        self.bytes = bytes
        self.isTooLong = isTooLong
    }
}

/// What comes next in an input.
package enum LineEvent: Equatable, Sendable {
    case line(Line)
    case end
    /// The next line is not there yet, and the caller did not want to wait.
    case wouldWait
    case interrupted
}

/// Where lines are read from.
package protocol ByteSource: Sendable {
    mutating func read(into buffer: inout [UInt8], mayWait: Bool) throws(SystemError) -> ReadOutcome
}

/// An open file, read until its end or an interruption.
package struct DescriptorSource: ByteSource {
    private let descriptor: Descriptor
    private let interruption: Interruption?

    package init(_ descriptor: Descriptor, interruption: Interruption?) {
        self.descriptor = descriptor
        self.interruption = interruption
    }

    package func read(into buffer: inout [UInt8], mayWait: Bool) throws(SystemError) -> ReadOutcome {
        try descriptor.read(into: &buffer, mayWait: mayWait, interruption: interruption)
    }
}

/// Splits bytes into lines in bounded memory: `\n` and `\r\n` end a line, a byte order mark before the first is left
/// out, and of a line that is too long only the beginning is kept while the rest passes by.
package struct LineReader<Source: ByteSource>: Sendable {
    /// The longest line in bytes.
    package static var maximumLength: Int { 1 << 20 }
    private static var keptOfTooLongLine: Int { 64 }

    /// Bytes of the lines given so far.
    package private(set) var position = 0
    private var source: Source
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var unread = 0..<0
    /// The part of the current line that earlier buffers held.
    private var line: [UInt8] = []
    private var isTooLong = false
    private var number = 0

    package init(_ source: Source) {
        self.source = source
    }

    /// The next line. `mayWait`: whether to wait for an input that has nothing yet.
    package mutating func next(mayWait: Bool = true) throws(SystemError) -> LineEvent {
        while true {
            if let newline = buffer[unread].firstIndex(of: UInt8(ascii: "\n")) {
                append(unread.lowerBound..<newline)
                position += 1
                unread = newline + 1..<unread.upperBound
                return .line(takeLine())
            }
            append(unread)
            unread = 0..<0
            switch try source.read(into: &buffer, mayWait: mayWait) {
            case .bytes(let count): unread = 0..<count
            case .end: return line.isEmpty ? .end : .line(takeLine())
            case .wouldWait: return .wouldWait
            case .interrupted: return .interrupted
            }
        }
    }

    private mutating func append(_ range: Range<Int>) {
        position += range.count
        guard !isTooLong else { return }
        if line.count + range.count > Self.maximumLength {
            line.append(contentsOf: buffer[range.prefix(Self.keptOfTooLongLine)])
            line.removeLast(max(0, line.count - Self.keptOfTooLongLine))
            isTooLong = true
        } else {
            line.append(contentsOf: buffer[range])
        }
    }

    private mutating func takeLine() -> Line {
        number += 1
        if number == 1 && line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        if !isTooLong && line.last == UInt8(ascii: "\r") { line.removeLast() }
        defer {
            line = []
            isTooLong = false
        }
        return Line(number: number, bytes: line, isTooLong: isTooLong)
    }
}
