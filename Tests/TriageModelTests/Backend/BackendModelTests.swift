import CPUBackend
import Encoder
import Foundation
import Parallelism
import Synchronization
import Testing

@testable import TriageModel

/// Models whose device fails.
@Suite struct BackendModelTests {
    /// A staged model whose automatic backend has a device over a second CPU.
    private struct Subject {
        let model: TriageModel
        /// The run of the device, from now on, that fails.
        let failure: FailingRun
        let device: MeteredBackend
        let cpu: MeteredBackend
        let expected: [Classification]
        let texts = (0..<40).flatMap { _ in StagedModel.texts }

        init(usesFirstStage: Bool = true) throws {
            let staged = try StagedModel()
            let plain = try staged.model(usesFirstStage: usesFirstStage)
            let clock = ManualClock(), failure = FailingRun()
            let cpu = MeteredBackend("cpu-int8-a", over: plain.encoder, clock: clock)
            let device = MeteredBackend(
                "vulkan-int8-a",
                over: plain.encoder,
                clock: clock,
                byToken: .microseconds(1),
                preferredTokenCount: 2_048,
                fault: failure.fault
            )
            let files = try ModelFiles(staged.directory.url.path)
            let automatic = AutomaticBackend(
                cpu: cpu,
                configuration: files.configuration.encoder,
                hasFirstStage: true,
                file: { nil },
                now: { clock.now },
                open: { OpenedDevice(device, identity: "") }
            )
            model = try TriageModel(files: files, nil, usesFirstStage: usesFirstStage, .cpu) { work in
                work()
                return automatic
            }
            (self.cpu, self.device, self.failure) = (cpu, device, failure)
            expected = try plain.classify(texts)
        }

        /// What the answers are but for who gave them.
        func isRight(_ answers: [Classification]) -> Bool {
            answers.count == expected.count
                && zip(answers, expected).allSatisfy { answer, expected in
                    var answer = answer
                    answer.backend = expected.backend
                    return answer == expected
                }
        }
    }

    /// Which run of a device fails, once that is known.
    private final class FailingRun: Sendable {
        private let number = Mutex<Int?>(nil)

        @Sendable func fault(_ run: Int) -> MeteredBackend.Fault? { number.withLock { $0 == run ? .failed : nil } }

        func set(_ run: Int) { number.withLock { $0 = run } }
    }

    @Test func largeCallsAreComputedByTheDevice() throws {
        let subject = try Subject()
        let answers = try subject.model.classify(subject.texts, threads: 2)
        #expect(subject.isRight(answers) && Set(answers.map(\.backend)) == ["vulkan-int8-a"])
        #expect(subject.model.deviceNotice == nil && subject.model.backend == "cpu-int8-a")
        let alone = try subject.model.classify(subject.texts[0])
        #expect(alone.backend == "cpu-int8-a" && alone.logits == answers[0].logits)
    }

    /// Whichever batch it is that fails: every text is answered once, the failed batch by the CPU, and no later one by the
    /// device.
    @Test(arguments: 0..<7) func aFailureLosesAndRepeatsNothing(run: Int) throws {
        let subject = try Subject(usesFirstStage: false)
        #expect(subject.model.prepareDevice(threads: 1) == 256)
        let failing = subject.device.runs + run
        subject.failure.set(failing)
        let (device, cpu) = (subject.device.sequences, subject.cpu.sequences)
        let answers = try subject.model.classify(subject.texts)
        #expect(subject.isRight(answers))
        let byDevice = answers.count { $0.backend == "vulkan-int8-a" }
        #expect(subject.device.sequences - device == byDevice)
        #expect(subject.cpu.sequences - cpu == answers.count - byDevice && byDevice < answers.count)
        #expect((byDevice == 0) == (run == 0))
        #expect(answers.prefix(byDevice).allSatisfy { $0.backend == "vulkan-int8-a" })
        #expect(subject.device.runs == failing + 1)
        #expect(subject.model.deviceNotice == "the device was lost")
        let later = try subject.model.embed(subject.texts)
        #expect(later.count == subject.texts.count && subject.device.runs == failing + 1)
    }

    @Test func callersAtTheSameTimeAllGetTheirAnswers() throws {
        let subject = try Subject()
        #expect(subject.model.prepareDevice(threads: 1) == 256)
        subject.failure.set(subject.device.runs + 9)
        let all = try ThreadPool(threads: 4).map(count: 8) { _ in try subject.model.classify(subject.texts) }
        #expect(all.allSatisfy(subject.isRight))
        #expect(subject.model.deviceNotice == "the device was lost")
    }

    @Test func aDeviceWithoutFallbackFailsTheCall() throws {
        let staged = try StagedModel()
        let plain = try staged.model()
        let device = MeteredBackend("vulkan-int8-a", over: plain.encoder) { $0 == 1 ? .failed : nil }
        let model = try TriageModel(files: ModelFiles(staged.directory.url.path), nil, usesFirstStage: false, .cpu) {
            work in
            work()
            return device
        }
        #expect(try model.classify("my card").backend == "vulkan-int8-a")
        let error = #expect(throws: ModelError.self) { try model.classify("my card") }
        #expect(error?.description == "the GPU cannot be used: the device was lost; choose the backend auto or cpu")
    }

    @Test func aDeviceThatIsNotThereIsAnErrorThatSaysWhatToDo() throws {
        let error = #expect(throws: ModelError.self) {
            try TriageModel(directory: Fixture.miniLM.url.path, backend: .vulkan, device: "no such device")
        }
        #expect(error?.description.hasPrefix("the GPU cannot be used: ") == true)
        #expect(error?.description.hasSuffix("; choose the backend auto or cpu") == true)
    }

    @Test func theProcessorHasNoDevices() throws {
        let error = #expect(throws: ModelError.self) {
            try TriageModel(directory: Fixture.miniLM.url.path, device: "0")
        }
        #expect(error?.description.contains("choose `vulkan` or `auto`") == true)
    }

    /// What is exact is known by its name, on every kind of backend.
    @Test(arguments: ["vulkan-int8-dot", "vulkan-f32"]) func goldenVectorsHoldADeviceToItsBits(name: String) throws {
        let staged = try StagedModel()
        try staged.addGoldenVectors()
        let plain = try staged.model()
        let device = MeteredBackend(name, over: plain.encoder) { _ in .wrong }
        let model = try TriageModel(files: ModelFiles(staged.directory.url.path), nil, usesFirstStage: true, .cpu) {
            work in
            work()
            return device
        }
        let verification = try model.verify()
        if name == "vulkan-f32" {
            #expect(verification == .passed(count: try #require(model.files.description?.goldenVectors.count)))
        } else {
            guard case .failed = verification else {
                Issue.record("one bit more went unnoticed")
                return
            }
        }
    }
}
