import Encoder
import Foundation
import Parallelism
import Synchronization
import Testing

@testable import TriageModel

@Suite struct AutomaticBackendTests {
    /// An automatic backend over fakes, and what became of them.
    private final class Subject: Sendable {
        let clock = ManualClock()
        let cpu: MeteredBackend
        let backend: AutomaticBackend
        private let opened: Opened

        private final class Opened: Sendable {
            let devices = Mutex<[MeteredBackend]>([])
            let attempts = Mutex(0)
        }

        var attempts: Int { opened.attempts.withLock { $0 } }
        var device: MeteredBackend? { opened.devices.withLock { $0.last } }

        /// By default the device wins from 500 tokens on.
        init(
            file: CrossoverFile? = nil,
            identity: String = "device 1",
            overhead: Duration = .milliseconds(4),
            byToken: Duration = .microseconds(2),
            failure: EncoderError? = nil,
            fault: @escaping @Sendable (Int) -> MeteredBackend.Fault? = { _ in nil }
        ) throws {
            let (clock, opened) = (clock, Opened())
            self.opened = opened
            cpu = MeteredBackend("cpu-int8-fake", clock: clock)
            backend = AutomaticBackend(
                cpu: cpu,
                configuration: try .tiny,
                hasFirstStage: true,
                file: { file },
                now: { clock.now },
                open: { () throws(EncoderError) in
                    opened.attempts.withLock { $0 += 1 }
                    if let failure { throw failure }
                    let device = MeteredBackend(
                        "vulkan-int8-fake",
                        clock: clock,
                        overhead: overhead,
                        byToken: byToken,
                        preferredTokenCount: 16_384,
                        fault: fault
                    )
                    opened.devices.withLock { $0.append(device) }
                    return OpenedDevice(device, identity: identity)
                }
            )
        }

        /// What is chosen for a call.
        func choice(_ tokens: Int, threads: Int = 1, stage: EncoderStage = .whole) -> String {
            backend.backend(for: stage, tokenCount: tokens, threads: threads).name
        }
    }

    /// Runs of the self-test, and of measuring two stages that win from 512 tokens on: 8192 … 512, and 256, where they lose.
    private let testRuns = 26, measuringRuns = 2 * 6 * 4

    @Test func smallCallsNeverAskForADevice() throws {
        let subject = try Subject()
        for tokens in [0, 1, 100, 255] {
            for _ in 0..<1000 { #expect(subject.choice(tokens) == "cpu-int8-fake") }
        }
        #expect(subject.attempts == 0 && subject.cpu.runs == 0 && subject.backend.notice == nil)
        #expect(subject.backend.name == "cpu-int8-fake")
    }

    @Test func aDeviceIsOpenedOnceThereIsWorkForItAndRunsWhatItWins() throws {
        let subject = try Subject()
        // 31 of them are short of 16,384 tokens.
        for _ in 0..<31 { #expect(subject.choice(512) == "cpu-int8-fake") }
        #expect(subject.attempts == 0)
        #expect(subject.choice(512) == "vulkan-int8-fake")
        #expect(subject.choice(511) == "cpu-int8-fake" && subject.choice(100_000) == "vulkan-int8-fake")
        #expect(subject.choice(512, stage: .first) == "vulkan-int8-fake")
        #expect(subject.attempts == 1 && subject.device?.runs == testRuns + measuringRuns)
        let batch = TokenBatch.sample([Int](repeating: 10, count: 60), try .tiny, seed: 1)
        var found = EncoderOutput(), expected = EncoderOutput()
        try subject.backend.run(batch, threads: 1, into: &found)
        try subject.cpu.run(batch, threads: 1, into: &expected)
        #expect(found == expected && subject.device?.runs == testRuns + measuringRuns + 1)
    }

    @Test func aSingleLargeCallIsWorthADevice() throws {
        let subject = try Subject()
        #expect(subject.choice(16_384) == "vulkan-int8-fake" && subject.attempts == 1)
    }

    @Test func aSlowDeviceIsNotUsedAndFreed() throws {
        let subject = try Subject(byToken: .microseconds(20))
        #expect(subject.choice(1 << 20) == "cpu-int8-fake" && subject.attempts == 1)
        for _ in 0..<100 { #expect(subject.choice(1 << 20) == "cpu-int8-fake") }
        #expect(subject.attempts == 1 && subject.backend.notice == nil)
        #expect(subject.backend.prepare(threads: 1) == nil)
    }

    @Test func callsOfOtherThreadsAreMeasuredForThemselves() throws {
        guard ThreadPool.shared.threads > 1 else { return }
        let subject = try Subject()
        #expect(subject.choice(16_384) == "vulkan-int8-fake")
        let runs = try #require(subject.device?.runs)
        #expect(subject.choice(600, threads: 2) == "vulkan-int8-fake")
        // The device stays open; it is tested once.
        #expect(subject.attempts == 1 && subject.device?.runs == runs + measuringRuns)
        #expect(subject.choice(600, threads: 2) == "vulkan-int8-fake" && subject.device?.runs == runs + measuringRuns)
    }

    @Test func othersGoOnWhileADeviceIsPrepared() throws {
        let clock = ManualClock()
        let backend = Mutex<AutomaticBackend?>(nil)
        let meanwhile = Mutex<[String]>([])
        let automatic = AutomaticBackend(
            cpu: MeteredBackend("cpu-int8-fake", clock: clock),
            configuration: try .tiny,
            hasFirstStage: false,
            file: { nil },
            now: { clock.now },
            open: { () throws(EncoderError) in
                // As from another thread: no lock is held.
                let name = backend.withLock { $0 }?.backend(for: .whole, tokenCount: 1 << 20, threads: 1).name ?? ""
                meanwhile.withLock { $0.append(name) }
                return OpenedDevice(MeteredBackend("vulkan-int8-fake", clock: clock, byToken: .zero), identity: "a")
            }
        )
        backend.withLock { $0 = automatic }
        #expect(automatic.backend(for: .whole, tokenCount: 1 << 20, threads: 1).name == "vulkan-int8-fake")
        #expect(meanwhile.withLock { $0 } == ["cpu-int8-fake"])
        backend.withLock { $0 = nil }
    }

    // MARK: Failures

    @Test func aDeviceThatCannotBeHadIsAskedForOnce() throws {
        let subject = try Subject(failure: .unavailable("there is no Vulkan here"))
        for _ in 0..<10 { #expect(subject.choice(1 << 20) == "cpu-int8-fake") }
        #expect(subject.attempts == 1 && subject.backend.notice == "there is no Vulkan here")
    }

    @Test func aDeviceThatComputesWronglyIsNotUsed() throws {
        let subject = try Subject { $0 == 4 ? .wrong : nil }
        for _ in 0..<10 { #expect(subject.choice(1 << 20) == "cpu-int8-fake") }
        #expect(subject.attempts == 1 && subject.device?.runs == 5)
        #expect(subject.backend.notice?.contains("vulkan-int8-fake computes wrongly") == true)
    }

    @Test func aDeviceThatFailsWhileItIsMeasuredIsNotUsed() throws {
        let subject = try Subject { $0 == 12 ? .failed : nil }
        #expect(subject.choice(1 << 20) == "cpu-int8-fake" && subject.backend.notice == "the device was lost")
    }

    /// The batch is run once more, on the CPU, and no other is given to the device.
    @Test(arguments: [MeteredBackend.Fault.failed, .notFinite])
    func aDeviceThatFailsLaterIsReplaced(fault: MeteredBackend.Fault) throws {
        let first = testRuns + measuringRuns
        let subject = try Subject { $0 == first + 1 ? fault : nil }
        #expect(subject.choice(1 << 20) == "vulkan-int8-fake")
        let batch = TokenBatch.sample([Int](repeating: 10, count: 60), try .tiny, seed: 1)
        var expected = EncoderOutput()
        try subject.cpu.run(batch, threads: 1, into: &expected)
        let before = subject.cpu.runs
        for _ in 0..<5 {
            var output = EncoderOutput()
            try subject.backend.run(batch, threads: 1, into: &output)
            #expect(output == expected)
        }
        #expect(subject.device?.runs == first + 2 && subject.cpu.runs == before + (fault == .notFinite ? 5 : 4))
        #expect(subject.backend.notice != nil && subject.choice(1 << 20) == "cpu-int8-fake")
    }

    @Test func aBadBatchIsNoFaultOfTheDevice() throws {
        let device = GuardedDevice(Refusing(), identity: "", fallback: MeteredBackend())
        var output = EncoderOutput()
        #expect(throws: EncoderError.invalidBatch("bad")) {
            try device.run(TokenBatch(), threads: 1, into: &output)
        }
        #expect(device.failure == nil)
    }

    private struct Refusing: EncoderBackend {
        let name = "", preferredTokenCount = 1, minimumTokenCount = 1

        func run(_ batch: TokenBatch, threads: Int, into output: inout EncoderOutput) throws(EncoderError) {
            throw .invalidBatch("bad")
        }

        func runFirstStage(_ batch: TokenBatch, into outputs: inout [Float]) throws(EncoderError) {
            throw .invalidBatch("bad")
        }
    }

    // MARK: Remembering

    private func file(_ folder: TemporaryDirectory, _ directory: String = "cache/triage") -> CrossoverFile {
        CrossoverFile(directory: folder.path(directory), model: "sha256:0", cpu: "cpu-int8-fake", choice: nil)
    }

    @Test func aLaterProcessKnowsWhatWasMeasured() throws {
        let folder = try TemporaryDirectory()
        let first = try Subject(file: file(folder))
        #expect(first.choice(16_384) == "vulkan-int8-fake")
        let second = try Subject(file: file(folder))
        for _ in 0..<1000 { #expect(second.choice(511) == "cpu-int8-fake") }
        #expect(second.attempts == 0)
        // Tested, and not measured.
        #expect(second.choice(16_384) == "vulkan-int8-fake" && second.device?.runs == testRuns)
    }

    @Test func aLaterProcessDoesNotAskForADeviceThatNeverWins() throws {
        let folder = try TemporaryDirectory()
        #expect(try Subject(file: file(folder), byToken: .microseconds(20)).choice(1 << 20) == "cpu-int8-fake")
        let second = try Subject(file: file(folder))
        for _ in 0..<100 { #expect(second.choice(1 << 20) == "cpu-int8-fake") }
        #expect(second.attempts == 0)
    }

    @Test func anotherDeviceIsMeasuredAgain() throws {
        let folder = try TemporaryDirectory()
        #expect(try Subject(file: file(folder)).choice(16_384) == "vulkan-int8-fake")
        let other = try Subject(file: file(folder), identity: "device 2", overhead: .milliseconds(30))
        #expect(other.choice(16_384) == "vulkan-int8-fake")
        #expect(other.choice(4_095) == "cpu-int8-fake" && other.choice(4_096) == "vulkan-int8-fake")
        #expect(file(folder).read()?.device == "device 2")
        #expect(file(folder).read()?.thresholds == [1: .init(first: 4_096, whole: 4_096)])
    }

    @Test(arguments: ["", "{", "[]", "{}", "{\"version\": 2}", "\u{0}"]) func aBrokenFileIsReplaced(text: String) throws
    {
        let folder = try TemporaryDirectory()
        #expect(try Subject(file: file(folder)).choice(16_384) == "vulkan-int8-fake")
        let path = file(folder).path
        let good = try String(contentsOfFile: path, encoding: .utf8)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let second = try Subject(file: file(folder))
        #expect(second.choice(16_384) == "vulkan-int8-fake" && second.device?.runs == testRuns + measuringRuns)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == good)
    }

    @Test func whereNothingCanBeWrittenItIsMeasuredEachTime() throws {
        let folder = try TemporaryDirectory()
        try "a file".write(toFile: folder.path("cache"), atomically: true, encoding: .utf8)
        for _ in 0..<2 {
            let subject = try Subject(file: file(folder))
            #expect(subject.choice(16_384) == "vulkan-int8-fake" && subject.device?.runs == testRuns + measuringRuns)
        }
        #expect(try folder.names == ["cache"])
    }
}
