import CommandSupport
import Testing

@Suite struct LineReaderTests {
    /// Gives bytes in pieces of a fixed size, and says it has nothing yet before each piece.
    private struct Pieces: ByteSource {
        var bytes: [UInt8]
        let size: Int
        var isStalled = true

        mutating func read(into buffer: inout [UInt8], mayWait: Bool) -> ReadOutcome {
            if isStalled && !mayWait { return .wouldWait }
            isStalled.toggle()
            let count = min(size, bytes.count, buffer.count)
            buffer.replaceSubrange(0..<count, with: bytes.prefix(count))
            bytes.removeFirst(count)
            return count == 0 ? .end : .bytes(count)
        }
    }

    private func lines(_ bytes: [UInt8], pieces size: Int) throws -> [Line] {
        var reader = LineReader(Pieces(bytes: bytes, size: size))
        var lines: [Line] = []
        while true {
            switch try reader.next() {
            case .line(let line): lines.append(line)
            case .end:
                #expect(reader.position == bytes.count)
                return lines
            case .wouldWait, .interrupted: Issue.record("the reader did not wait")
            }
        }
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func splitsAtLineBreaks(size: Int) throws {
        let text = "\u{FEFF}one\n\ntwo\r\nthree\rstill three\n\u{FEFF}x\n\nlast"
        let lines = try lines(Array(text.utf8), pieces: size)
        #expect(lines.map(\.number) == Array(1...7))
        let texts = lines.map { String(decoding: $0.bytes, as: UTF8.self) }
        #expect(texts == ["one", "", "two", "three\rstill three", "\u{FEFF}x", "", "last"])
        #expect(!lines.contains { $0.isTooLong })
    }

    @Test func endsWithOrWithoutLineBreak() throws {
        #expect(try lines([], pieces: 4).isEmpty)
        #expect(try lines(Array("\n".utf8), pieces: 4).map(\.bytes) == [[]])
        #expect(try lines(Array("a\n".utf8), pieces: 4).count == 1)
    }

    @Test(arguments: [1 << 20, 65_536, 65_535, 1_000_003])
    func longestLineAndOneLonger(size: Int) throws {
        let limit = LineReader<DescriptorSource>.maximumLength
        let longest = [UInt8](repeating: UInt8(ascii: "a"), count: limit)
        let lines = try lines(longest + Array("\nb".utf8) + longest + Array("\nc\n".utf8), pieces: size)
        #expect(lines.map(\.isTooLong) == [false, true, false])
        #expect(lines[0].bytes.count == limit)
        #expect(lines[1].bytes.count == 64 && lines[1].bytes.first == UInt8(ascii: "b"))
        #expect(lines[2] == Line(number: 3, bytes: [UInt8(ascii: "c")], isTooLong: false))
    }

    @Test func tellsThatItWouldWait() throws {
        var reader = LineReader(Pieces(bytes: Array("one\ntwo\nthr".utf8), size: 11))
        #expect(try reader.next(mayWait: false) == .wouldWait)
        #expect(try reader.next() == .line(Line(number: 1, bytes: Array("one".utf8), isTooLong: false)))
        #expect(try reader.next(mayWait: false) == .line(Line(number: 2, bytes: Array("two".utf8), isTooLong: false)))
        // The end is there to be read: the source stalls before every second read only.
        #expect(try reader.next(mayWait: false) == .line(Line(number: 3, bytes: Array("thr".utf8), isTooLong: false)))
    }
}

extension Line {
    /// A line of text with number 1.
    static func text(_ text: String) -> Line { Line(number: 1, bytes: Array(text.utf8), isTooLong: false) }
}
