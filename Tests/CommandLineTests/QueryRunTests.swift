import CommandSupport
import Foundation
import Parallelism
import Synchronization
import Testing

/// The stream of queries with an answer that needs no model.
@Suite struct QueryRunTests {
    private let scratch = ScratchFolder()
    private let pool = ThreadPool(threads: 5)

    private func run(
        input: Descriptor,
        output: Descriptor,
        threads: Int = 4,
        batch: Int = 3,
        interruption: Interruption? = nil,
        answer: @escaping @Sendable (Query) -> Result<[UInt8], QueryFailure> = { .success(Array("\($0.text)\n".utf8)) }
    ) throws -> QueryRun.Summary {
        let run = QueryRun(
            source: .input(input, .auto),
            pool: pool,
            threads: threads,
            batchSize: batch,
            writesFailures: true
        )
        var console = Console(try scratch.writable("errors"), output: output)
        return try run.run(output: output, console: &console, interruption: interruption ?? Interruption()) {
            queries,
            _ in
            queries.map(answer)
        }
    }

    @Test(arguments: [1, 2, 5], [1, 3, 32])
    func answersInOrderOnAllThreads(threads: Int, batch: Int) throws {
        let count = 1000
        let input = try scratch.readable("input", (1...count).map { "line \($0)\n" }.joined())
        let running = Mutex((now: 0, most: 0))
        let summary = try run(input: input, output: scratch.writable("output"), threads: threads, batch: batch) {
            query in
            running.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            if query.line.isMultiple(of: 50) { usleep(2000) }
            running.withLock { $0.now -= 1 }
            return .success(Array("\(query.text)\n".utf8))
        }
        #expect(summary == QueryRun.Summary(inputs: count))
        #expect(try scratch.lines("output") == (1...count).map { "line \($0)" })
        #expect(running.withLock { $0.most } <= threads)
    }

    @Test func putsFailuresInTheirPlace() throws {
        let input = try scratch.readable("input", "one\n\ntwo\nthree\n")
        let summary = try run(input: input, output: scratch.writable("output")) { query in
            query.text == "two"
                ? .failure(QueryFailure(reason: "dislikes two")) : .success(Array("\(query.text)\n".utf8))
        }
        #expect(summary == QueryRun.Summary(inputs: 4, failures: 2))
        let expected = [
            "one", #"{"id":2,"line":2,"error":"empty text"}"#, #"{"id":3,"line":3,"error":"dislikes two"}"#, "three",
        ]
        #expect(try scratch.lines("output") == expected)
        let name = scratch.path("input")
        #expect(try scratch.lines("errors") == ["\(name):2: empty text", "\(name):3: dislikes two"])
    }

    @Test func holdsABoundedNumberOfQueries() throws {
        // The first answer takes until the reader has had all the time it wants to run ahead.
        let input = try scratch.readable("input", String(repeating: "x\n", count: 100_000))
        let started = Mutex(0)
        let held = Mutex(0)
        _ = try run(input: input, output: scratch.writable("output"), threads: 2, batch: 10) { query in
            started.withLock { $0 += 1 }
            if query.line == 1 {
                usleep(100_000)
                held.withLock { held in held = started.withLock { $0 } }
            }
            return .success([])
        }
        #expect((1...80).contains(held.withLock { $0 }))
    }

    @Test func answersEachLineWhenItComes() throws {
        let (pipe, output) = (Pipe(), try scratch.writable("output"))
        let input = Descriptor(number: pipe.fileHandleForReading.fileDescriptor, file: "pipe")
        let feeder = Foundation.Thread {
            for line in ["one", "two", "three"] {
                pipe.fileHandleForWriting.write(Data("\(line)\n".utf8))
                let isAnswered = eventually { try scratch.lines("output").last == line }
                if !isAnswered { Issue.record("\(line) was not answered before the next line") }
            }
            try? pipe.fileHandleForWriting.close()
        }
        feeder.start()
        #expect(try run(input: input, output: output, batch: 32).inputs == 3)
    }

    @Test func endsWithWhatItHasWhenInterrupted() throws {
        let (pipe, interruption) = (Pipe(), try Interruption())
        let input = Descriptor(number: pipe.fileHandleForReading.fileDescriptor, file: "pipe")
        pipe.fileHandleForWriting.write(Data("one\ntwo\n".utf8))
        let output = try scratch.writable("output")
        let interrupter = Foundation.Thread {
            _ = eventually { try scratch.lines("output").count == 2 }
            interruption.request()
        }
        interrupter.start()
        let summary = try run(input: input, output: output, interruption: interruption)
        #expect(summary == QueryRun.Summary(inputs: 2, isInterrupted: true))
        withExtendedLifetime(pipe) {}
    }

    @Test func aFailingOutputEndsARunThatWaitsForInput() throws {
        let pipe = Pipe()
        let input = Descriptor(number: pipe.fileHandleForReading.fileDescriptor, file: "pipe")
        pipe.fileHandleForWriting.write(Data("one\n".utf8))
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let error = #expect(throws: SystemError.self) {
            try run(input: input, output: Descriptor(number: full.fileDescriptor, file: "output"))
        }
        #expect(error?.description == "output: No space left on device")
        withExtendedLifetime((pipe, full)) {}
    }

    @Test func anInputThatCannotBeReadIsAnError() throws {
        let error = #expect(throws: SystemError.self) {
            try run(input: Descriptor(reading: scratch.path("")), output: scratch.writable("output"))
        }
        #expect(error?.description.hasSuffix("Is a directory") == true)
    }
}
