import CKernels
import Encoder
import Testing

@testable import EncoderTestSupport
@testable import VulkanBackend

/// The shaders that work by sequence have the bits of the scalar kernels.
@Suite(.onDevice) struct SequenceShaderTests {
    private static let lengths = [1, 2, 33, 7, 1, 129, 16]

    @Test(arguments: AwkwardSizes.columns)
    func pool(_ columns: Int) throws {
        let lengths = columns < 384 ? Self.lengths : [3, 1, 20]
        let offsets = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        let x = awkwardRows(offsets[lengths.count], columns, seed: columns)
        let input = try DeviceWords(x), starts = try DeviceWords(offsets.map { UInt32($0) })
        let header = try DeviceWords.header(sequences: lengths.count)
        for isFirst in [false, true] {
            let out = try DeviceWords(count: lengths.count * columns)
            try TestDevice.run(
                "pool",
                [columns, isFirst ? 1 : 0],
                [header, starts, input, out].map(\.address),
                [],
                .count(lengths.count + 2)
            )
            let expected = lengths.indices.flatMap { sequence -> [Float] in
                let rows = Array(x[offsets[sequence] * columns..<offsets[sequence + 1] * columns])
                if isFirst { return Array(rows.prefix(columns)) }
                return KernelTable.scalar.mean(rows, rows: lengths[sequence], columns: columns, offset: 0)
            }
            #expect(bits(out.floats) == bits(expected), "first token: \(isFirst)")
        }
    }

    @Test(arguments: AwkwardSizes.columns)
    func finishEmbedding(_ columns: Int) throws {
        let count = 7
        let x = awkwardRows(count, columns, seed: columns)
        let input = try DeviceWords(x), header = try DeviceWords.header(sequences: count)
        for normalizes in [false, true] {
            let out = try DeviceWords(count: count * columns)
            try TestDevice.run(
                "finish_embedding",
                [columns, normalizes ? 1 : 0],
                [header, input, out].map(\.address),
                [],
                .count(count + 2)
            )
            let expected = (0..<count).flatMap { row -> [Float] in
                let row = Array(x[row * columns..<(row + 1) * columns])
                return normalizes ? KernelTable.scalar.normalize(row, offset: 0) : row
            }
            #expect(bits(out.floats) == bits(expected), "normalizes: \(normalizes)")
        }
    }

    @Test(arguments: zip([1, 3, 15, 16, 17, 48, 384, 64], [1, 64, 2, 63, 9, 65, 8, 384]))
    func headLinear(inputs: Int, outputs: Int) throws {
        for (turn, sequences) in [1, 2, 7, 33].enumerated() where turn < 2 || inputs * outputs < 5000 {
            let activation = [
                TRIAGE_ACTIVATION_NONE, TRIAGE_ACTIVATION_GELU, TRIAGE_ACTIVATION_TANH, TRIAGE_ACTIVATION_RELU,
            ][(turn + inputs) % 4]
            let x = awkwardRows(sequences, inputs, seed: 0), weights = Noise.floats(inputs * outputs, seed: 7)
            let bias = Noise.floats(outputs, seed: 8)
            let expected = KernelTable.scalar.linear(
                x,
                rows: sequences,
                weights: weights,
                bias: bias,
                inputs: inputs,
                activation: activation,
                offset: 0
            )
            let header = try DeviceWords.header(sequences: sequences)
            let arguments = try [x, weights, bias].map { try DeviceWords($0) }
            let out = try DeviceWords(count: sequences * outputs)
            try TestDevice.run(
                "head_linear",
                [inputs, outputs, Int(activation.rawValue)],
                [header.address] + arguments.map(\.address) + [out.address],
                [],
                .count(sequences + 2)
            )
            #expect(bits(out.floats) == bits(expected), "\(sequences) sequences, \(activation)")
        }
    }
}
