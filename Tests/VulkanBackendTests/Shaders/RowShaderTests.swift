import CKernels
import Encoder
import Testing

@testable import EncoderTestSupport
@testable import VulkanBackend

/// The shaders that work by row have the bits of the scalar kernels.
@Suite(.onDevice) struct RowShaderTests {
    private static let activations = [
        TRIAGE_ACTIVATION_NONE, TRIAGE_ACTIVATION_GELU, TRIAGE_ACTIVATION_GELU_TANH, TRIAGE_ACTIVATION_RELU,
        TRIAGE_ACTIVATION_TANH,
    ]

    /// Workgroups for more rows than there are: those that are too many end at once.
    private static func workgroups(_ rows: Int) -> Commands.Workgroups { .count((rows + 7) / 8 + 3) }

    @Test(arguments: AwkwardSizes.columns)
    func layerNorm(_ columns: Int) throws {
        for (turn, rows) in AwkwardSizes.rows(columns).enumerated() {
            // Two of the three variants for each size.
            let variant = (columns + turn % 2) % 3, quantizes = variant > 0, smooths = variant > 1
            let x = awkwardRows(rows, columns, seed: turn)
            let scale = Noise.floats(columns, seed: 1), shift = Noise.floats(columns, seed: 2)
            let smoothing = Noise.floats(columns, seed: 3).map { abs($0) + 0.1 }
            let expected = KernelTable.scalar.quantizedNorm(
                x,
                rows: rows,
                scale: scale,
                shift: shift,
                epsilon: 1e-12,
                inPlace: false,
                smoothing: smooths ? smoothing : nil,
                isQuantized: quantizes,
                offset: 0
            )
            let out = try DeviceWords(count: rows * columns), quantized = try QuantizedWords(rows, columns)
            // By sequences here, so that the other count is seen to matter; tokens have their turn below.
            let header = try DeviceWords.header(tokens: rows + 5, sequences: rows)
            let inputs = try [x, scale, shift].map { try DeviceWords($0) }, factors = try DeviceWords(smoothing)
            try TestDevice.run(
                "layer_norm",
                [columns, quantizes ? 1 : 0, smooths ? 1 : 0],
                [header.address] + inputs.map(\.address)
                    + [out.address, factors.address, quantized.values.address, quantized.rows.address],
                [Float(1e-12).bitPattern, 1],
                Self.workgroups(rows)
            )
            #expect(bits(out.floats) == bits(expected.values), "\(rows) rows of \(columns)")
            if let matrix = expected.quantized {
                #expect(quantized.matrix(stride: matrix.stride) == matrix, "\(rows) rows of \(columns)")
            }
        }
    }

    @Test(arguments: AwkwardSizes.columns)
    func quantize(_ columns: Int) throws {
        for (turn, rows) in AwkwardSizes.rows(columns).enumerated() {
            // The most that are compiled for one size is two variants.
            let activation = Self.activations[(2 * (turn % 2) + columns) % 5], smooths = turn % 2 == columns % 2
            let x = awkwardRows(rows, columns, seed: turn)
            let smoothing = Noise.floats(columns, seed: 3).map { abs($0) + 0.1 }
            let expected = KernelTable.scalar.quantize(
                x,
                rows: rows,
                columns: columns,
                stride: columns,
                activation: activation,
                smoothing: smooths ? smoothing : nil,
                offset: 0
            )
            let quantized = try QuantizedWords(rows, columns), header = try DeviceWords.header(tokens: rows)
            let input = try DeviceWords(x), factors = try DeviceWords(smoothing)
            try TestDevice.run(
                "quantize",
                [columns, Int(activation.rawValue), smooths ? 1 : 0],
                [header, input, factors, quantized.values, quantized.rows].map(\.address),
                [0],
                Self.workgroups(rows)
            )
            #expect(quantized.matrix(stride: expected.stride) == expected, "\(rows) rows of \(columns), \(activation)")
        }
    }

    @Test(arguments: activations.map(\.rawValue))
    func activate(_ activation: UInt32) throws {
        // Every size with some activation, every activation with some sizes.
        for (turn, columns) in AwkwardSizes.columns.enumerated()
        where (turn + Int(activation)) % 3 == 0 || columns == 17 {
            for rows in AwkwardSizes.rows(columns) {
                // From where exponentials underflow to where they overflow, and what is beyond all that.
                var x = Noise.floats(rows * columns, seed: rows).enumerated().map { $1 * Float(1 + $0 % 40) }
                x[0] = rows % 2 == 0 ? 3e38 : -3e38
                x[x.count / 2] = 0
                let expected = KernelTable.scalar.finish(
                    x,
                    rows: rows,
                    bias: [Float](repeating: -0.0, count: columns),
                    activation: triage_activation(activation),
                    residual: nil,
                    offset: 0
                )
                let header = try DeviceWords.header(tokens: rows), values = try DeviceWords(x)
                try TestDevice.run(
                    "activate",
                    [columns, Int(activation)],
                    [header.address, values.address],
                    [0],
                    Self.workgroups(rows)
                )
                #expect(bits(values.floats) == bits(expected), "\(rows) rows of \(columns)")
            }
        }
    }

    /// Through the packing that the shader reads.
    @Test(arguments: AwkwardSizes.columns)
    func embed(_ columns: Int) throws {
        let storages = TableStorage.allCases, vocabulary = 9, positions = 11
        for turn in 0..<(columns < 384 ? 5 : 2) {
            let hasSegments = turn != 3
            let matrices = try [(vocabulary, 0), (2, 1), (positions, 3)].map { rows, step in
                try storages[(turn + step) % 5].table(rows: rows, columns: columns, seed: step + 1).matrix
            }
            var layout = ArenaLayout()
            let tables = try matrices.map { matrix in try Table(matrix, in: &layout) }
            let arena = try Arena(layout, on: TestDevice.device())
            let rows = AwkwardSizes.rows(columns)[turn % 3]
            let ids = (0..<rows).map { UInt32($0 * 5 % vocabulary) }, segments = (0..<rows).map { UInt32($0 / 2 % 2) }
            let places = (0..<rows).map { UInt32($0 * 7 % positions) }
            let out = try DeviceWords(count: rows * columns), header = try DeviceWords.header(tokens: rows)
            let inputs = try [ids, segments, places].map { try DeviceWords($0) }
            let kinds = tables.enumerated().map { $0 == 1 && !hasSegments ? 0 : Int($1.kind.rawValue) }
            try TestDevice.run(
                "embed",
                [columns] + kinds,
                [header.address] + inputs.map(\.address) + tables.flatMap { [arena[$0.values], arena[$0.scales]] }
                    + [out.address],
                [],
                Self.workgroups(rows)
            )
            let values = matrices.map { $0.floats() }
            func row(_ table: Int, _ row: UInt32) -> ArraySlice<Float> {
                values[table][Int(row) * columns..<(Int(row) + 1) * columns]
            }
            let expected = (0..<rows).flatMap { token in
                let sum = row(0, ids[token])
                let second = hasSegments ? zip(sum, row(1, segments[token])).map { $0 + $1 } : Array(sum)
                return zip(second, row(2, places[token])).map { $0 + $1 }
            }
            #expect(bits(out.floats) == bits(expected), "\(rows) rows of \(columns), turn \(turn)")
        }
    }
}
