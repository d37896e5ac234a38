import CPUBackend
import Encoder
import Foundation
import Testing

@testable import EncoderTestSupport

/// The first stage: what it computes, and that its bits depend on nothing but the text and the model.
@Suite struct FirstStageTests {
    /// Sizes that are no multiples of the kernels' tiles; a stage wider than the feed-forward network.
    private static let sizes = [(40, 70, 52), (48, 96, 130), (17, 33, 1)]

    private static func network(_ sizes: (Int, Int, Int), pooling: Pooling = .mean) throws -> TinyNetwork {
        try TinyNetwork(
            hiddenSize: sizes.0,
            headCount: 1,
            intermediateSize: sizes.1,
            pooling: pooling,
            firstStageSize: sizes.2
        )
    }

    private static func sequences(_ count: Int) -> [TokenSequence] {
        var generator = Noise.Generator(seed: 11)
        return (0..<count).map { _ in
            TokenSequence.random(length: Int.random(in: 1...48, using: &generator), using: &generator)
        }
    }

    /// The definition, in the plainest words: LN of the sum of the three embeddings, mean, dense layer, GELU, output.
    @Test(arguments: sizes) func isItsDefinition(sizes: (Int, Int, Int)) throws {
        let network = try Self.network(sizes, pooling: .firstToken)
        let weights = try network.weights()
        let columns = sizes.0
        func row(_ matrix: WeightMatrix?, _ row: Int) throws -> ArraySlice<Float> {
            try #require(matrix).floats()[row * columns..<(row + 1) * columns]
        }
        func linear(_ layer: LinearWeights, _ input: [Double]) -> [Double] {
            let values = layer.weight.floats()
            return layer.bias.enumerated().map { output, bias in
                zip(values[output * input.count..<(output + 1) * input.count], input).reduce(Double(bias)) {
                    $0 + Double($1.0) * $1.1
                }
            }
        }
        let stage = try #require(try network.firstStage())
        let exact = try network.backend(.float32), portable = try network.backend(.portableFloat32)
        let rounded = try network.backend(.int8)
        for sequence in Self.sequences(12) {
            var mean = [Double](repeating: 0, count: columns)
            for (position, (id, segment)) in zip(sequence.ids, sequence.segmentIds).enumerated() {
                let parts = [
                    try row(weights.words, Int(id)), try row(weights.segments, Int(segment)),
                    try row(weights.positions, position),
                ].map { $0.map(Double.init) }
                let sum = (0..<columns).map { parts[0][$0] + parts[1][$0] + parts[2][$0] }
                let centre = sum.reduce(0, +) / Double(columns)
                let variance = sum.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(columns)
                for column in 0..<columns {
                    let scale = Double(weights.embeddingNorm.scale[column])
                    let shift = Double(weights.embeddingNorm.shift[column])
                    mean[column] += (scale * (sum[column] - centre) / (variance + 1e-12).squareRoot() + shift)
                }
            }
            mean = mean.map { $0 / Double(sequence.ids.count) }
            let dense = linear(stage.dense, mean).map { $0 * (1 + erf($0 / 2.0.squareRoot())) / 2 }
            let expected = linear(stage.output, dense)
            let scale = expected.map(abs).max() ?? 0
            for (backend, tolerance) in [(exact, 1e-5), (portable, 1e-5), (rounded, 0.1)] {
                let found = try backend.firstOutputs([sequence])[0]
                #expect(found.count == expected.count)
                for (found, expected) in zip(found, expected) {
                    #expect(abs(Double(found) - expected) < tolerance * max(scale, 1), "\(backend.name)")
                }
            }
        }
    }

    @Test func batchIsSingle() throws {
        let backend = try Self.network(Self.sizes[0]).backend(.int8)
        let sequences = Self.sequences(60)
        let alone = try sequences.map { bits(try backend.firstOutputs([$0])[0]) }
        #expect(Set(alone).count > 50, "the sequences hardly differ in their results")
        // More tokens than the scratch memory holds, in both directions.
        #expect(sequences.reduce(0) { $0 + $1.ids.count } > 2 * backend.preferredTokenCount)
        #expect(try backend.firstOutputs(sequences).map(bits) == alone)
        #expect(try backend.firstOutputs(sequences.reversed()).map(bits) == alone.reversed())
        #expect(try backend.firstOutputs(Array(sequences[7..<9])).map(bits) == Array(alone[7..<9]))
    }

    @Test(arguments: InstructionSet.available, sizes)
    func everyInstructionSetIsScalar(_ set: InstructionSet, sizes: (Int, Int, Int)) throws {
        let network = try Self.network(sizes)
        let sequences = Self.sequences(20)
        for arithmetic in [CPUBackend.Arithmetic.int8, .portableFloat32] {
            let scalar = try network.backend(arithmetic, instructionSet: .scalar).firstOutputs(sequences)
            let other = try network.backend(arithmetic, instructionSet: set).firstOutputs(sequences)
            #expect(other.map(bits) == scalar.map(bits))
        }
    }

    /// The whole network's results do not depend on whether there is a first stage, or whether it ran before.
    @Test func leavesTheWholeNetworkAlone() throws {
        var network = try Self.network(Self.sizes[1])
        let sequences = Self.sequences(10)
        let staged = try network.backend(.int8)
        let before = try staged.results(sequences).map(bits)
        _ = try staged.firstOutputs(sequences)
        #expect(try staged.results(sequences).map(bits) == before)
        network.firstStageSize = nil
        #expect(try network.backend(.int8).results(sequences).map(bits) == before)
    }

    @Test func refusesWhatItCannotRun() throws {
        var batch = TokenBatch()
        batch.append(ids: [60], segmentIds: [0])
        var outputs: [Float] = []
        let staged = try Self.network(Self.sizes[0]).backend(.int8)
        #expect(throws: EncoderError.invalidBatch("token 60 is outside the vocabulary of 60")) {
            try staged.runFirstStage(batch, into: &outputs)
        }
        let plain = try TinyNetwork().backend(.int8)
        #expect(throws: EncoderError.invalidConfiguration("the model has no first stage")) {
            try plain.runFirstStage(TokenBatch(), into: &outputs)
        }
    }
}
