import CPUBackend
import Encoder
import Testing

@testable import EncoderTestSupport

/// The promise of the integer path: the bits of a text's results depend on nothing but the text and the model.
@Suite struct DeterminismTests {
    @Test(arguments: [Pooling.firstToken, .mean])
    func batchIsSingle(_ pooling: Pooling) throws {
        let backend = try TinyNetwork(pooling: pooling).backend(.int8)
        var generator = Noise.Generator(seed: 3)
        let sequences = (0..<40).map { _ in
            TokenSequence.random(length: Int.random(in: 1...48, using: &generator), using: &generator)
        }
        let alone = try sequences.map { bits(try backend.results([$0])[0]) }
        #expect(Set(alone).count > 30, "the sequences hardly differ in their results")
        for _ in 0..<12 {
            let count = Int.random(in: 1...40, using: &generator)
            let order = sequences.indices.shuffled(using: &generator).prefix(count)
            let together = try backend.results(order.map { sequences[$0] })
            #expect(together.map(bits) == order.map { alone[$0] })
        }
    }

    /// More tokens than the scratch memory holds: the batch is run in parts.
    @Test func largeBatches() throws {
        let backend = try TinyNetwork().backend(.int8)
        var generator = Noise.Generator(seed: 4)
        var lengths = (0..<60).map { _ in Int.random(in: 1...48, using: &generator) }
        // Parts that are exactly full, and one token more.
        lengths += [Int](repeating: 32, count: 16) + [1] + [Int](repeating: 48, count: 11)
        let sequences = lengths.map { TokenSequence.random(length: $0, using: &generator) }
        #expect(lengths.reduce(0, +) > 3 * backend.preferredTokenCount)
        let together = try backend.results(sequences)
        for (sequence, result) in zip(sequences, together) {
            #expect(bits(try backend.results([sequence])[0]) == bits(result))
        }
        let full = try backend.results(Array(sequences[60..<76]))
        #expect(full.map(bits) == together[60..<76].map(bits))
    }

    @Test(arguments: 1...4) func threads(_ count: Int) async throws {
        let backend = try TinyNetwork().backend(.int8)
        var generator = Noise.Generator(seed: 5)
        let sequences = (1...24).map { TokenSequence.random(length: $0 * 2, using: &generator) }
        let alone = try backend.results(sequences).map(bits)
        try await withThrowingTaskGroup(of: (Int, [[Float]]).self) { group in
            for thread in 0..<count {
                group.addTask {
                    var results: [[Float]] = []
                    for start in stride(from: thread, to: sequences.count, by: count) {
                        results += try backend.results([sequences[start]])
                    }
                    return (thread, results)
                }
            }
            for try await (thread, results) in group {
                let expected = stride(from: thread, to: sequences.count, by: count).map { alone[$0] }
                #expect(results.map(bits) == expected)
            }
        }
    }

    /// A batch large enough that its steps are shared among threads, as many as there are.
    @Test func threadsWithinABatch() throws {
        let network = try TinyNetwork(hiddenSize: 192, headCount: 6, intermediateSize: 400, pooling: .mean)
        let backend = try network.backend(.int8)
        var generator = Noise.Generator(seed: 9)
        for lengths in [[48], [48, 3, 40], [Int](repeating: 45, count: 10)] {
            let sequences = lengths.map { TokenSequence.random(length: $0, using: &generator) }
            let alone = try backend.results(sequences).map(bits)
            for threads in [2, 3, 64] {
                #expect(try backend.results(sequences, threads: threads).map(bits) == alone)
            }
        }
    }

    @Test(arguments: InstructionSet.available, [(40, 5, 70), (48, 3, 96), (17, 1, 33), (64, 4, 130)])
    func everyInstructionSetIsScalar(_ set: InstructionSet, sizes: (Int, Int, Int)) throws {
        let network = try TinyNetwork(hiddenSize: sizes.0, headCount: sizes.1, intermediateSize: sizes.2)
        var generator = Noise.Generator(seed: 6)
        let sequences = [1, 2, 7, 16, 17, 33, 48].map { TokenSequence.random(length: $0, using: &generator) }
        let scalar = try network.backend(.int8, instructionSet: .scalar)
        let other = try network.backend(.int8, instructionSet: set)
        #expect(scalar.name == "cpu-int8-scalar" && other.name == "cpu-int8-\(set.rawValue)")
        #expect(try other.results(sequences).map(bits) == scalar.results(sequences).map(bits))
        let portable = try network.backend(.portableFloat32, instructionSet: set).results(sequences)
        let definition = try network.backend(.portableFloat32, instructionSet: .scalar).results(sequences)
        #expect(portable.map(bits) == definition.map(bits))
    }

    @Test func portableFloat32IsOpenBLAS() throws {
        let network = try TinyNetwork()
        var generator = Noise.Generator(seed: 8)
        let sequences = (1...24).map { TokenSequence.random(length: $0 * 2, using: &generator) }
        let library = try network.backend(.float32).results(sequences)
        let own = try network.backend(.portableFloat32).results(sequences)
        for (library, own) in zip(library, own) { #expect(cosine(library, own) > 0.999_999) }
    }

    /// The integer path of a whole network stays near floating point, which it would not if a scale were wrong.
    @Test(arguments: [Pooling.firstToken, .mean])
    func int8IsNearFloat32(_ pooling: Pooling) throws {
        let network = try TinyNetwork(pooling: pooling)
        var generator = Noise.Generator(seed: 7)
        let sequences = (1...24).map { TokenSequence.random(length: $0 * 2, using: &generator) }
        let exact = try network.backend(.float32).results(sequences)
        let rounded = try network.backend(.int8).results(sequences)
        for (exact, rounded) in zip(exact, rounded) {
            #expect(cosine(exact, rounded) > 0.995)
        }
    }

    private func cosine(_ left: [Float], _ right: [Float]) -> Double {
        func dot(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
        return dot(left, right) / (dot(left, left) * dot(right, right)).squareRoot()
    }
}
