import Testing

@testable import EncoderTestSupport

/// `layer_norm`, `mean_rows` and `normalize`.
@Suite struct RowTests {
    private static let sizes = [1, 2, 3, 15, 16, 17, 31, 32, 33, 47, 48, 49, 96, 130, 384]

    @Test(arguments: KernelTable.others)
    func sameBitsAsScalar(_ kernels: KernelTable) {
        for (turn, columns) in Self.sizes.enumerated() {
            for rows in [1, 2, 3, 7, 17] {
                let x = Noise.floats(rows * columns, seed: turn).map { $0 * 4 + 1 }
                let both = [KernelTable.scalar, kernels]
                let norms = both.map {
                    $0.layerNorm(
                        x,
                        rows: rows,
                        scale: Noise.floats(columns, seed: 1),
                        shift: Noise.floats(columns, seed: 2),
                        epsilon: 1e-12,
                        inPlace: rows == 2,
                        offset: turn
                    )
                }
                #expect(bits(norms[0]) == bits(norms[1]), "layer norm, \(rows) rows of \(columns)")
                let means = both.map { $0.mean(x, rows: rows, columns: columns, offset: turn) }
                #expect(bits(means[0]) == bits(means[1]), "mean, \(rows) rows of \(columns)")
                let unit = both.map { $0.normalize(Array(x.prefix(columns)), offset: turn) }
                #expect(bits(unit[0]) == bits(unit[1]), "normalize, \(columns)")
            }
        }
    }

    @Test(arguments: [(0, 1), (100, 1), (0, 1e-3), (-3, 1e4)] as [(Float, Float)])
    func layerNormIsItsFormula(shift: Float, spread: Float) {
        for columns in Self.sizes where columns > 1 {
            let x = Noise.floats(columns, seed: columns).map { $0 * spread + shift }
            let scale = Noise.floats(columns, seed: 1), offset = Noise.floats(columns, seed: 2)
            let result = KernelTable.scalar.layerNorm(
                x,
                rows: 1,
                scale: scale,
                shift: offset,
                epsilon: 1e-5,
                inPlace: false,
                offset: 0
            )
            let values = x.map(Double.init)
            let mean = values.reduce(0, +) / Double(columns)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
            let inverse = 1 / (variance + Double(Float(1e-5))).squareRoot()
            // The mean rounds by some units of the largest value, which the inverse deviation magnifies.
            let largest = values.map(abs).max() ?? 0
            let error = (largest * inverse + 4) * Double(columns / 16 + 8) * 0x1p-24
            for column in 0..<columns {
                let exact = (values[column] - mean) * inverse * Double(scale[column]) + Double(offset[column])
                let tolerance = error * max(1, abs(Double(scale[column]))) + 0x1p-22
                #expect(abs(Double(result[column]) - exact) <= tolerance, "\(column) of \(columns)")
            }
        }
    }

    @Test func constantRowsBecomeTheShift() {
        for kernels in KernelTable.all {
            let result = kernels.layerNorm(
                [Float](repeating: 0.5, count: 64),
                rows: 1,
                scale: [Float](repeating: 3, count: 64),
                shift: [Float](repeating: 0.25, count: 64),
                epsilon: 1e-5,
                inPlace: false,
                offset: 0
            )
            // The mean may be off by a unit in the last place, which the inverse deviation of 316 magnifies.
            #expect(result.allSatisfy { abs($0 - 0.25) < 3 * 317 * 0x1p-24 })
        }
    }

    @Test func meanIsTheMean() {
        for (rows, columns) in [(1, 5), (3, 16), (70, 33)] {
            let x = Noise.floats(rows * columns, seed: rows)
            let result = KernelTable.scalar.mean(x, rows: rows, columns: columns, offset: 0)
            for column in 0..<columns {
                let values = (0..<rows).map { Double(x[$0 * columns + column]) }
                let magnitude = values.map(abs).reduce(0, +)
                let exact = values.reduce(0, +) / Double(rows)
                #expect(abs(Double(result[column]) - exact) <= magnitude * 0x1p-23)
            }
        }
    }

    @Test(arguments: Self.sizes) func normalizedLengthIsOne(_ count: Int) {
        for magnitude in [1e-5, 1, 1e10] as [Float] {
            let x = Noise.floats(count, seed: count).map { $0 * magnitude }
            let result = KernelTable.scalar.normalize(x, offset: 0)
            let length = result.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            #expect(abs(length - 1) < 1e-6)
            #expect(result[0] * x[0] >= 0)
        }
        #expect(KernelTable.scalar.normalize([0, 0, 0], offset: 0) == [0, 0, 0])
    }
}
