import Encoder
import Testing

@testable import EncoderTestSupport
@testable import VulkanBackend

/// Devices that do not answer, have no room, or are given nonsense.
@Suite(.onDevice) struct FailureTests {
    private static func batch(_ network: TinyNetwork, tokens: Int) -> TokenBatch {
        var batch = TokenBatch(), generator = Noise.Generator(seed: 1)
        for _ in 0..<tokens / 48 {
            let sequence = TokenSequence.random(length: 48, using: &generator)
            batch.append(ids: sequence.ids, segmentIds: sequence.segmentIds)
        }
        return batch
    }

    /// It may be ready at once, but not again and again. What it may still be using is kept, and nobody waits for it.
    @Test func aDeviceThatDoesNotAnswerIsGivenUp() throws {
        let network = try TinyNetwork()
        var backend: VulkanBackend? = try network.vulkan(.int8, product: .float, timeout: .zero)
        let large = Self.batch(network, tokens: 2000)
        var output = EncoderOutput()
        var failure: EncoderError?
        for _ in 0..<20 where failure == nil {
            do throws(EncoderError) { try backend?.run(large, threads: 1, into: &output) } catch { failure = error }
        }
        let lasting = try #require(failure)
        guard case .deviceFailed(let reason) = lasting else {
            Issue.record("\(lasting)")
            return
        }
        #expect(reason == "Vulkan: the device does not answer: no end in the time given (2)")
        #expect(backend?.prepared.device.isUsable == false)
        let small = Self.batch(network, tokens: 48)
        for _ in 0..<5 {
            // More often than there are slots.
            #expect(throws: lasting) { try backend?.run(small, threads: 1, into: &output) }
        }
        #expect(throws: lasting) { try backend?.profile(small) }
        backend = nil
        // Another is not affected.
        #expect(
            try network.vulkan(.int8, product: .float).results([TokenSequence(ids: [1], segmentIds: [0])]).count == 1
        )
    }

    @Test func scratchThatTheDeviceHasNoRoomForIsRefused() throws {
        var network = try TinyNetwork(hiddenSize: 8, headCount: 1, intermediateSize: 32768)
        network.configuration.maximumPositions = 65536
        network.configuration.layerCount = 1
        let error = #expect(throws: EncoderError.self) { try network.vulkan(.float32) }
        let words = Scratch.wordsPerToken(network.configuration, stageSize: 0)
        guard 2 * 4 * 65536 * words > (try TestDevice.found.get().maximumAllocation) else { return }
        guard case .unavailable(let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("the model needs") && reason.contains("at most"))
    }

    /// A device may promise more than it has.
    @Test func buffersThatCannotBeAreRefused() throws {
        let device = try TestDevice.device()
        for byteCount in [Int.max, 1 << 60, 1 << 46] {
            let error = #expect(throws: EncoderError.self) { try DeviceBuffer(device, byteCount: byteCount, .onDevice) }
            guard case .deviceFailed? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        #expect(device.isUsable)
    }

    /// One head of all values needs more memory than a workgroup shares.
    @Test func headsThatAreTooLargeAreRefused() throws {
        let network = try TinyNetwork(hiddenSize: 512, headCount: 1, intermediateSize: 1)
        let error = #expect(throws: EncoderError.self) {
            let backend = try network.vulkan(.float32)
            return try backend.results([TokenSequence(ids: [1], segmentIds: [0])])
        }
        #expect(error?.description.hasPrefix("heads of 512 values need ") == true)
    }

    /// What a driver has written is of use to it; all else it ignores.
    @Test func garbageAsCompiledShadersIsIgnored() throws {
        let network = try TinyNetwork()
        let sequence = TokenSequence(ids: [1, 2, 3], segmentIds: [0, 0, 1])
        let backend = try network.vulkan(.float32)
        let expected = try backend.results([sequence])
        let compiled = backend.compiledShaders
        var generator = Noise.Generator(seed: 2)
        var cases: [[UInt8]] = [
            [0], [UInt8](repeating: 255, count: 32),
            (0..<5000).map { _ in UInt8.random(in: 0...255, using: &generator) },
            compiled, Array(compiled.prefix(compiled.count / 2)), compiled + [1, 2, 3],
        ]
        for _ in 0..<4 where !compiled.isEmpty {
            var damaged = compiled
            damaged[Int.random(in: 0..<min(32, damaged.count), using: &generator)] ^= 0x55
            cases.append(damaged)
        }
        for bytes in cases {
            let found = try network.vulkan(.float32, compiledShaders: bytes).results([sequence])
            #expect(found.map(bits) == expected.map(bits))
        }
    }
}
