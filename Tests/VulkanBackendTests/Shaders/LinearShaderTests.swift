import Encoder
import Tensors
import Testing

@testable import EncoderTestSupport
@testable import VulkanBackend

/// Linear layers through the packing that their shaders read: in integers the bits of the scalar kernel, in floating point
/// near the exact product.
@Suite(.onDevice) struct LinearShaderTests {
    // As many as the tiles, twice: a software device takes seconds to compile a large one.
    private static let sizes = [(1, 1), (17, 65), (48, 63), (384, 64), (1536, 1), (2500, 3)]

    private static func products() throws -> [String] {
        try TestDevice.found.get().hasIntegerDot ? ["dot", "float"] : ["float"]
    }

    /// Weights and activations; `isExtreme`: of the greatest magnitude, so that sums are the greatest there are.
    private static func layer(_ inputs: Int, _ outputs: Int, isExtreme: Bool) -> Int8Layer {
        Int8Layer(
            inputs: inputs,
            outputs: outputs,
            rows: Noise.floats(inputs * outputs, seed: inputs).enumerated().map { index, value in
                isExtreme ? (index / inputs % 2 == 0 ? 127 : -127) : Int8(max(-127, min(127, value * 50)))
            },
            scales: Noise.floats(outputs, seed: outputs).map { abs($0) * 0.01 + 1e-4 },
            bias: Noise.floats(outputs, seed: 5)
        )
    }

    private static func matrix(_ rows: Int, _ columns: Int, isExtreme: Bool) -> QuantizedMatrix {
        var matrix = KernelTable.scalar.quantize(
            awkwardRows(rows, columns, seed: rows),
            rows: rows,
            columns: columns,
            stride: columns,
            smoothing: nil,
            offset: 0
        )
        guard isExtreme else { return matrix }
        for row in 0..<rows {
            matrix.zeros[row] = row % 2 == 0 ? 0 : 255
            for column in 0..<columns { matrix.values[row * matrix.stride + column] = row % 3 == 0 ? 255 : 0 }
        }
        return matrix
    }

    @Test(arguments: sizes.indices)
    func integers(_ place: Int) throws {
        let (inputs, outputs) = Self.sizes[place], isExtreme = inputs > 384
        let layer = Self.layer(inputs, outputs, isExtreme: isExtreme)
        let weights = LinearWeights(
            weight: .int8(
                Tensor(
                    littleEndian: layer.rows.map { UInt8(bitPattern: $0) },
                    elementType: .int8,
                    shape: try TensorShape([outputs, inputs])
                ),
                scales: layer.scales,
                smoothing: nil
            ),
            bias: layer.bias
        )
        var layout = ArenaLayout()
        let packed = try Int8Linear([weights], in: &layout)
        let arena = try Arena(layout, on: TestDevice.device())
        let regions = [packed.weights, packed.scales, packed.columnSums, packed.bias].map { arena[$0] }
        for (turn, rows) in [1, 2, 7, 9, 33, 129].enumerated() where rows < 100 || inputs * outputs < 30_000 {
            let matrix = Self.matrix(rows, inputs, isExtreme: isExtreme)
            let residual = place % 2 == 0 ? Noise.floats(rows * outputs, seed: turn) : nil
            let expected = KernelTable.scalar.linear(matrix, rows: rows, layer: layer, residual: residual, offset: 0)
            let quantized = try QuantizedWords(matrix, columns: inputs), header = try DeviceWords.header(tokens: rows)
            let other = try residual.map { try DeviceWords($0) }
            func check(
                _ shader: String,
                _ constants: [Int],
                rows tileRows: Int,
                columns: Int,
                subgroupSize: Int? = nil
            ) throws {
                let out = try DeviceWords(count: rows * outputs)
                try TestDevice.run(
                    shader,
                    [inputs, outputs, residual == nil ? 0 : 1] + constants,
                    [header.address, quantized.values.address, quantized.rows.address] + regions
                        + [other?.address ?? out.address, out.address],
                    [0],
                    .count((outputs + columns - 1) / columns, (rows + tileRows - 1) / tileRows + 1),
                    subgroupSize: subgroupSize
                )
                #expect(bits(out.floats) == bits(expected), "\(shader) \(constants), \(rows) rows")
            }
            for product in try Self.products() {
                let splits = place < 3 ? 24 : 16
                try check("linear_int8_rows_\(product)", [8, splits, 8 * splits], rows: 16, columns: 8)
                let tile = ThreadTile.int8[place % ThreadTile.int8.count]
                try check("linear_int8_\(product)", tile.constants, rows: tile.rows, columns: tile.columns)
            }
            for product in [IntegerProduct.matrix, .halfMatrix] {
                let device = try TestDevice.found.get()
                // Software that multiplies matrices takes minutes.
                guard device.kind != .software, let shape = product.shape(on: device) else { continue }
                for tile in MatrixTile.all(for: product) where tile.fits(shape, product, device) {
                    try check(
                        product == .matrix ? "linear_int8_matrix" : "linear_int8_matrix_half",
                        tile.constants(shape, subgroupSize: device.subgroupSize),
                        rows: tile.rows,
                        columns: tile.columns,
                        subgroupSize: device.subgroupSize
                    )
                }
            }
        }
    }

    @Test(arguments: sizes.indices)
    func floats(_ place: Int) throws {
        let (inputs, outputs) = Self.sizes[place]
        let weights = Noise.floats(inputs * outputs, seed: 3), bias = Noise.floats(outputs, seed: 4)
        for rows in [1, 9, 33, 129] where rows < 100 || inputs < 100 {
            let x = Noise.floats(rows * inputs, seed: rows)
            let residual = place % 2 == 0 ? Noise.floats(rows * outputs, seed: 6) : nil
            let tile = ThreadTile.float32[place % ThreadTile.float32.count]
            let arguments = try [x, weights, bias].map { try DeviceWords($0) }
            let other = try residual.map { try DeviceWords($0) }, header = try DeviceWords.header(tokens: rows)
            let out = try DeviceWords(count: rows * outputs)
            try TestDevice.run(
                "linear_f32",
                [inputs, outputs, residual == nil ? 0 : 1] + tile.constants,
                [header.address] + arguments.map(\.address) + [other?.address ?? out.address, out.address],
                [0],
                .count((outputs + tile.columns - 1) / tile.columns, (rows + tile.rows - 1) / tile.rows + 1)
            )
            for (index, found) in out.floats.enumerated() {
                let (row, output) = index.quotientAndRemainder(dividingBy: outputs)
                var sum = Double(bias[output]) + Double(residual?[index] ?? 0), magnitude = abs(sum)
                for input in 0..<inputs {
                    let term = Double(x[row * inputs + input]) * Double(weights[output * inputs + input])
                    sum += term
                    magnitude += abs(term)
                }
                // One rounding a step, or two where the device's fma is none, each half a unit at most of what is summed.
                let tolerance = magnitude * Double(inputs + 4) * 0x1p-24
                guard abs(Double(found) - sum) <= tolerance else {
                    Issue.record("\(found) instead of \(sum), \(rows) rows, output \(output), tile \(tile)")
                    break
                }
            }
        }
    }
}
