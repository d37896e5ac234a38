import CPUBackend
import CommandSupport
import Encoder
import Synchronization
import Testing

@testable import Benchmarks

@Suite struct WorkloadTests {
    private func configuration() throws -> EncoderConfiguration {
        try EncoderConfiguration(
            vocabularySize: 100,
            maximumPositions: 16,
            segmentCount: 2,
            hiddenSize: 8,
            layerCount: 3,
            headCount: 2,
            intermediateSize: 20,
            activation: .gelu,
            normEpsilon: 1e-12
        )
    }

    /// Gives nothing, and counts how often.
    private final class CountingEncoder: EncoderBackend {
        let name = "counting"
        let preferredTokenCount = 1
        let minimumTokenCount = 1
        let runs = Mutex(0)

        func run(_ batch: TokenBatch, threads: Int, into output: inout EncoderOutput) throws(EncoderError) {
            runs.withLock { $0 += 1 }
        }

        func runFirstStage(_ batch: TokenBatch, into outputs: inout [Float]) throws(EncoderError) {}
    }

    @Test func countsTheLinearLayers() throws {
        #expect(try configuration().linearMultiplyAccumulatesPerToken == 3 * (4 * 8 * 8 + 2 * 8 * 20))
    }

    @Test func aBatchIsTheSameEveryTimeAndFitsTheModel() throws {
        let shape = Shape(sequences: 5, tokens: 16)
        let batch = ShapeWorkload.batch(shape, vocabulary: 100)
        try batch.validate(for: configuration())
        #expect(batch.sequenceCount == 5 && batch.tokenCount == 80 && Set(batch.ids).count > 40)
        #expect(batch.ids == ShapeWorkload.batch(shape, vocabulary: 100).ids)
    }

    @Test func aShapeLongerThanTheModelReadsIsAnError() throws {
        let error = try #require(throws: BenchmarkError.self) {
            try ShapeWorkload(
                Shape(sequences: 1, tokens: 17),
                encoder: CountingEncoder(),
                configuration: configuration()
            )
        }
        #expect(error.description == "shape 1x17: the model reads at most 16 tokens")
    }

    /// However little time there is: two runs, of which one is warm-up.
    @Test func everyMeasureIsTakenOnceAtLeast() throws {
        let encoder = CountingEncoder()
        let workload = try ShapeWorkload(
            Shape(sequences: 2, tokens: 4),
            encoder: encoder,
            configuration: configuration()
        )
        var recording = Recording(rounds: 3, interruption: try Interruption())
        var activities: [String] = []
        try recording.measure([workload], seconds: 0) { activity, _ in activities.append(activity) }
        #expect(encoder.runs.withLock { $0 } == 2 && activities == ["round 1 of 3: 2x4"])
        #expect(recording.measures.map(\.key.quantity) == [.p50, .tokensPerSecond])
        #expect(try (0...1).contains(#require(recording.coreShare)))
        #expect(recording.measures.allSatisfy { $0.rounds.count == 1 })
    }

    @Test func sharesAreOfThePeakOfTheSameRound() throws {
        struct Fixed: Workload {
            let section = Section.stream
            let subject = "fixed"
            let weight = 1.0
            func run(until deadline: Deadline) throws -> Sample { Sample(multiplyAccumulates: 1e9) }
        }
        let peak = PeakWorkload(operation: .integer, instructionSet: .scalar)
        var recording = Recording(rounds: 1, interruption: try Interruption())
        try recording.measure([peak, Fixed()], seconds: 0) { _, _ in }
        let rate = try #require(recording.measures.first { $0.key.quantity == .rate }?.value)
        let share = try #require(recording.measures.first { $0.key.quantity == .shareOfPeak }?.value)
        #expect(abs(share * rate / 100 - 1) < 1e-4)
    }

    /// Also where the interruption makes the workload fail, as it does a process that is started.
    @Test(arguments: [false, true]) func stopsWhenInterrupted(fails: Bool) throws {
        struct Interrupting: Workload {
            let interruption: Interruption
            let fails: Bool
            let section = Section.coldStart
            let subject = "interrupting"
            let weight = 1.0
            func run(until deadline: Deadline) throws -> Sample {
                interruption.request()
                if fails { throw BenchmarkError("interrupted") }
                var deadline = deadline
                while !deadline.hasPassed() {}
                return Sample()
            }
        }
        let interruption = try Interruption()
        let workload = Interrupting(interruption: interruption, fails: fails)
        var recording = Recording(rounds: 3, interruption: interruption)
        #expect(throws: Benchmark.Interrupted.self) { try recording.measure([workload], seconds: 1000) { _, _ in } }
    }

    @Test(arguments: InstructionSet.available)
    func everyInstructionSetHasAPeak(instructionSet: InstructionSet) throws {
        for operation in MultiplyAccumulate.allCases {
            #expect(!instructionSet.instruction(of: operation).isEmpty)
            // A byte multiplied in a thousand seconds, or a million in a nanosecond, would be a loop that does nothing.
            let peak = instructionSet.peak(of: operation, measuredFor: .zero)
            #expect(peak.map { (1e6...1e15).contains($0) } == true, "\(operation)")
        }
    }

    @Test func aChildIsWaitedForAndMeasured() throws {
        let child = try runChild("/bin/sh", ["-c", "echo discarded; exit 7"])
        #expect(child.status == 7 && child.duration > .zero && child.peakBytes > 1 << 16)
        #expect(try runChild("/bin/sh", ["-c", "kill -9 $$"]).status == -9)
        let error = #expect(throws: SystemError.self) { try runChild("/nonexistent/program", []) }
        #expect(error?.description == "/nonexistent/program: No such file or directory")
        let failing = ColdStartWorkload(program: "/bin/sh", arguments: ["-c", "exit 3"])
        #expect(throws: BenchmarkError.self) {
            try failing.run(until: Deadline(in: .zero, interruption: Interruption()))
        }
    }

    @Test func theBuiltInQueriesAreTexts() {
        let texts = QuerySet.builtIn.texts
        #expect(texts.count == 64 && Set(texts).count == 64)
        #expect(texts.allSatisfy { (3...30).contains($0.split(separator: " ").count) })
    }
}
