import CKernels
import Glibc
import Testing

@testable import EncoderTestSupport

/// `quantize_rows`: floats to unsigned 8-bit integers, a scale and zero point a row.
@Suite struct QuantizeTests {
    static let columns = [1, 3, 15, 16, 17, 47, 48, 49, 96, 130, 300]
    static let rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 17]

    @Test(arguments: KernelTable.others)
    func sameBitsAsScalar(_ kernels: KernelTable) {
        for (index, columns) in Self.columns.enumerated() {
            for rows in Self.rows {
                let x = Noise.floats(rows * (columns + 2), seed: rows + columns)
                let smoothing = rows % 2 == 0 ? Noise.floats(columns, seed: columns) : nil
                let activation = LinearTests.activations[(index + rows) % 5]
                let results = [KernelTable.scalar, kernels].map {
                    $0.quantize(
                        x,
                        rows: rows,
                        columns: columns,
                        stride: columns + 2,
                        activation: activation,
                        smoothing: smoothing,
                        offset: index + rows
                    )
                }
                #expect(results[0] == results[1], "\(rows) rows of \(columns)")
            }
        }
    }

    /// Fused with an activation or a layer norm, it is the one after the other.
    @Test(arguments: KernelTable.all)
    func fusedIsInTurn(_ kernels: KernelTable) {
        for (columns, rows) in [(5, 1), (48, 3), (130, 7), (300, 2)] {
            let x = Noise.floats(rows * columns, seed: columns)
            let smoothing = Noise.floats(columns, seed: 4)
            func quantized(_ x: [Float], _ activation: triage_activation) -> QuantizedMatrix {
                kernels.quantize(
                    x,
                    rows: rows,
                    columns: columns,
                    stride: columns,
                    activation: activation,
                    smoothing: smoothing,
                    offset: 1
                )
            }
            // GELU is another one here, as the next test says.
            for activation in LinearTests.activations where activation != TRIAGE_ACTIVATION_GELU {
                let activated = kernels.finish(
                    x,
                    rows: rows,
                    bias: [Float](repeating: 0, count: columns),
                    activation: activation,
                    residual: nil,
                    offset: 2
                )
                #expect(quantized(x, activation) == quantized(activated, TRIAGE_ACTIVATION_NONE))
            }
            let norm = kernels.quantizedNorm(
                x,
                rows: rows,
                scale: Noise.floats(columns, seed: 5),
                shift: Noise.floats(columns, seed: 6),
                epsilon: 1e-12,
                inPlace: false,
                smoothing: smoothing,
                isQuantized: true,
                offset: 3
            )
            #expect(norm.quantized == quantized(norm.values, TRIAGE_ACTIVATION_NONE))
        }
    }

    /// The rough GELU adds a hundredth of a step to what rounding loses.
    @Test func geluIsWithinItsBound() {
        let x = (-4096...4096).map { Float($0) / 512 }
        let q = KernelTable.scalar.quantize(
            x,
            rows: 1,
            columns: x.count,
            stride: x.count,
            activation: TRIAGE_ACTIVATION_GELU,
            smoothing: nil,
            offset: 0
        )
        let scale = Double(q.scales[0])
        for (index, x) in x.enumerated() {
            let exact = Double(x) * 0.5 * erfc(-Double(x) / 2.0.squareRoot())
            let restored = scale * Double(Int32(q.values[index]) - q.zeros[0])
            #expect(abs(exact - restored) <= 0.5001 * scale + 1.3e-4, "\(x)")
        }
    }

    @Test(arguments: [(0, 1), (5, 0.01), (-5, 100), (3, 1e-20), (-2, 1e15)] as [(Float, Float)])
    func valuesAreWithinHalfAStep(shift: Float, magnitude: Float) {
        for columns in Self.columns {
            let x = Noise.floats(3 * columns, seed: columns).map { ($0 + shift) * magnitude }
            let smoothing = Noise.floats(columns, seed: 3).map { abs($0) + 0.1 }
            let q = KernelTable.scalar.quantize(
                x,
                rows: 3,
                columns: columns,
                stride: columns,
                smoothing: smoothing,
                offset: 0
            )
            for row in 0..<3 {
                let values = (0..<columns).map { Double(x[row * columns + $0]) * Double(smoothing[$0]) }
                let range = max(values.max() ?? 0, 0) - min(values.min() ?? 0, 0)
                let scale = Double(q.scales[row])
                #expect(abs(scale * 255 - range) <= range * 1e-6)
                #expect((0...255).contains(q.zeros[row]))
                for column in 0..<columns {
                    let restored = scale * Double(Int32(q.values[row * q.stride + column]) - q.zeros[row])
                    #expect(abs(values[column] - restored) <= 0.51 * scale)
                }
                #expect(q.values[row * q.stride + columns..<(row + 1) * q.stride].allSatisfy { $0 == 0 })
            }
        }
    }

    /// Zero must be representable exactly: what is absent contributes nothing.
    @Test func zeroStaysZero() {
        let x: [Float] = [0, 1, 2, 3, 0, -1, -2, -3, 0, -1, 0, 200, 0, 0, 0, 0]
        let q = KernelTable.scalar.quantize(x, rows: 4, columns: 4, stride: 4, smoothing: nil, offset: 0)
        for row in 0..<4 {
            #expect(Int32(q.values[row * q.stride]) == q.zeros[row])
        }
        #expect(q.zeros == [0, 255, 1, 0])
        #expect(q.values[3 * q.stride..<3 * q.stride + 4].allSatisfy { $0 == 0 })
    }
}
