import CPUBackend
import Encoder
import Testing

@testable import EncoderTestSupport
@testable import VulkanBackend

/// Whole networks: in integers the bits of the CPU, in floating point nearly the same values.
@Suite(.onDevice) struct ModelTests {
    /// BERT with `[CLS]`, its transform and a classifier; sentence transformers; DistilBERT without segments; sizes that are
    /// no multiples of anything, and of MiniLM's kind.
    private static func network(_ number: Int) throws -> TinyNetwork {
        var network =
            switch number {
            case 0: try TinyNetwork(firstStageSize: 52)
            case 1: try TinyNetwork(hiddenSize: 96, headCount: 3, intermediateSize: 384, pooling: .mean, outputCount: 0)
            case 2: try TinyNetwork(hiddenSize: 17, headCount: 1, intermediateSize: 33, outputCount: 70)
            default:
                try TinyNetwork(hiddenSize: 64, headCount: 2, intermediateSize: 48, pooling: .mean, firstStageSize: 130)
            }
        if number == 2 {
            network.configuration.segmentCount = 0
            network.head.transform = .relu
            network.configuration.activation = .geluTanh
        }
        if number == 3 { network.configuration.activation = .relu }
        return network
    }

    private static func sequences(_ network: TinyNetwork, _ count: Int, seed: UInt64) -> [TokenSequence] {
        var generator = Noise.Generator(seed: seed)
        return (0..<count).map { _ in
            let longest = network.configuration.maximumPositions
            return TokenSequence.random(length: Int.random(in: 1...longest, using: &generator), using: &generator)
        }
    }

    @Test(arguments: 0..<4) func integers(_ number: Int) throws {
        let network = try Self.network(number)
        let cpu = try network.backend(.int8, instructionSet: .scalar)
        // Of what the device can do two by turns, each of which compiles other shaders.
        let product: IntegerProduct = try number % 2 == 0 && TestDevice.found.get().hasIntegerDot ? .dot : .float
        let device = try network.vulkan(.int8, product: product)
        #expect(device.name == "vulkan-int8-\(product.rawValue)")
        for (turn, count) in [1, 2, 40].enumerated() {
            let sequences = Self.sequences(network, count, seed: UInt64(turn))
            #expect(try device.results(sequences).map(bits) == cpu.results(sequences).map(bits), "\(count) sequences")
            guard network.firstStageSize != nil else { continue }
            let found = try device.firstOutputs(sequences), expected = try cpu.firstOutputs(sequences)
            #expect(found.map(bits) == expected.map(bits), "first stage of \(count) sequences")
        }
    }

    @Test(arguments: 0..<3) func floats(_ number: Int) throws {
        let network = try Self.network(number)
        let cpu = try network.backend(.portableFloat32), device = try network.vulkan(.float32)
        #expect(device.name == "vulkan-f32")
        for (turn, count) in [1, 2, 40].enumerated() {
            let sequences = Self.sequences(network, count, seed: UInt64(turn))
            Self.expectNear(try device.results(sequences), try cpu.results(sequences))
            guard network.firstStageSize != nil else { continue }
            Self.expectNear(try device.firstOutputs(sequences), try cpu.firstOutputs(sequences))
        }
    }

    private static func expectNear(_ found: [[Float]], _ expected: [[Float]]) {
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) {
            #expect(found.count == expected.count)
            let largest = expected.map(abs).max() ?? 0
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 * largest })
        }
    }

    /// More tokens than a pass holds, in parts that are exactly full and others; from several threads at once.
    @Test func largeBatchesFromManyThreads() async throws {
        let network = try Self.network(0)
        let cpu = try network.backend(.int8), device = try network.vulkan(.int8, product: .float)
        let longest = network.configuration.maximumPositions
        let count = device.preferredTokenCount / longest + 3
        let sequences =
            Self.sequences(network, 2 * count, seed: 9)
            + [TokenSequence](repeating: TokenSequence(ids: [1, 2], segmentIds: [0, 0]), count: 70)
        #expect(sequences.map(\.ids.count).reduce(0, +) > device.preferredTokenCount)
        let expected = try cpu.results(sequences).map(bits)
        let whole = try device.results(sequences).map(bits)
        #expect(whole == expected)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    let part = Array(sequences[thread * 20..<thread * 20 + 30])
                    return try device.results(part).map(bits) == Array(expected[thread * 20..<thread * 20 + 30])
                }
            }
            for try await isEqual in group { #expect(isEqual) }
        }
    }

    @Test func refusesWhatTheCPURefuses() throws {
        let network = try Self.network(0)
        let device = try network.vulkan(.int8, product: .float)
        var batch = TokenBatch()
        batch.append(ids: [60], segmentIds: [0])
        var output = EncoderOutput(), outputs: [Float] = [1]
        #expect(throws: EncoderError.invalidBatch("token 60 is outside the vocabulary of 60")) {
            try device.run(batch, threads: 1, into: &output)
        }
        output.logits = [1]
        try device.run(TokenBatch(), threads: 1, into: &output)
        try device.runFirstStage(TokenBatch(), into: &outputs)
        #expect(output == EncoderOutput() && outputs.isEmpty)
        #expect(throws: EncoderError.invalidBatch("a pass has 1 to \(device.preferredTokenCount) tokens, not 0")) {
            try device.profile(TokenBatch())
        }
        let plain = try Self.network(1).vulkan(.float32)
        batch.removeAll()
        batch.append(ids: [1], segmentIds: [0])
        #expect(throws: EncoderError.invalidConfiguration("the model has no first stage")) {
            try plain.runFirstStage(batch, into: &outputs)
        }
        #expect(throws: EncoderError.invalidConfiguration("the model has no first stage")) {
            try plain.runFirstStage(TokenBatch(), into: &outputs)
        }
    }

    @Test func profileNamesEveryStep() throws {
        let device = try Self.network(0).vulkan(.int8, product: .float)
        var batch = TokenBatch()
        for _ in 0..<9 { batch.append(ids: [1, 2, 3, 4, 5], segmentIds: [0, 0, 0, 1, 1]) }
        let profile = try device.profile(batch)
        let names = profile.steps.map(\.step)
        #expect(names.first == "embed" && names.last == "finish_embedding")
        #expect(names.count { $0 == "attention_int8_float" } == 2)
        #expect(profile.steps.allSatisfy { $0.nanoseconds >= 0 })
        #expect(profile.bytesRead == 4 * 9 * (40 + 3))
    }
}

extension TinyNetwork {
    func vulkan(
        _ arithmetic: VulkanBackend.Arithmetic,
        product: IntegerProduct? = nil,
        compiledShaders: [UInt8] = [],
        timeout: Duration? = nil
    ) throws -> VulkanBackend {
        try VulkanBackend(
            configuration: configuration,
            head: head,
            weights: weights(),
            firstStage: firstStage(),
            arithmetic: arithmetic,
            device: TestDevice.found.get(),
            compiledShaders: compiledShaders,
            product: product,
            timeout: timeout
        )
    }
}
