import CKernels
import Testing

@testable import EncoderTestSupport

/// `linear_int8`, with the packing it reads, and `linear_f32`.
@Suite struct LinearTests {
    static let activations = [
        TRIAGE_ACTIVATION_NONE, TRIAGE_ACTIVATION_GELU, TRIAGE_ACTIVATION_GELU_TANH, TRIAGE_ACTIVATION_RELU,
        TRIAGE_ACTIVATION_TANH,
    ]
    static let sizes = [1, 3, 15, 16, 17, 47, 48, 49, 96, 130]

    private static func layer(inputs: Int, outputs: Int) -> Int8Layer {
        Int8Layer(
            inputs: inputs,
            outputs: outputs,
            rows: Noise.floats(inputs * outputs, seed: inputs).map { Int8(max(-127, min(127, $0 * 50))) },
            scales: Noise.floats(outputs, seed: outputs).map { abs($0) * 0.01 + 1e-4 },
            bias: Noise.floats(outputs, seed: 5)
        )
    }

    private static func matrix(rows: Int, columns: Int) -> QuantizedMatrix {
        KernelTable.scalar.quantize(
            Noise.floats(rows * columns, seed: rows).map { $0 + 0.5 },
            rows: rows,
            columns: columns,
            stride: columns,
            smoothing: nil,
            offset: 0
        )
    }

    @Test(arguments: KernelTable.others)
    func int8HasTheBitsOfScalar(_ kernels: KernelTable) {
        var turn = 0
        for inputs in Self.sizes {
            for outputs in Self.sizes {
                let layer = Self.layer(inputs: inputs, outputs: outputs)
                // Every number of rows meets every pair of sizes within a few turns; every size meets some here.
                for rows in [1 + turn % 9, turn % 2 == 0 ? 17 : 8] {
                    let residual = turn % 3 == 0 ? Noise.floats(rows * outputs, seed: turn) : nil
                    let q = Self.matrix(rows: rows, columns: inputs)
                    let results = [KernelTable.scalar, kernels].map {
                        $0.linear(
                            q,
                            rows: rows,
                            layer: layer,
                            residual: residual,
                            offset: turn % 16
                        )
                    }
                    #expect(bits(results[0]) == bits(results[1]), "\(rows) rows, \(inputs) to \(outputs)")
                    turn += 1
                }
            }
        }
    }

    /// The definition, written as a formula: integers exactly, then one rounding an operation.
    @Test(arguments: [(1, 1, 1), (3, 17, 5), (9, 49, 50), (2, 130, 97)])
    func int8IsItsFormula(rows: Int, inputs: Int, outputs: Int) {
        let layer = Self.layer(inputs: inputs, outputs: outputs)
        let q = Self.matrix(rows: rows, columns: inputs)
        let residual = Noise.floats(rows * outputs, seed: 9)
        var expected: [Float] = []
        for row in 0..<rows {
            for output in 0..<outputs {
                var sum = 0
                for input in 0..<inputs {
                    let value = Int(q.values[row * q.stride + input]) - Int(q.zeros[row])
                    sum += value * Int(layer.rows[output * inputs + input])
                }
                let scale = q.scales[row] * layer.scales[output]
                let value = layer.bias[output].addingProduct(Float(sum), scale)
                expected.append(value + residual[row * outputs + output])
            }
        }
        for kernels in KernelTable.all {
            let result = kernels.linear(
                q,
                rows: rows,
                layer: layer,
                residual: residual,
                offset: 1
            )
            #expect(bits(result) == bits(expected), "\(kernels.testDescription)")
        }
    }

    /// The largest sum that the longest inner dimension allows fits 32 bits, with its zero point.
    @Test func extremesDoNotOverflow() {
        let inputs = Int(TRIAGE_MAXIMUM_INNER)
        for (value, zero) in [(UInt8(255), Int32(0)), (0, 255), (255, 255)] {
            let q = QuantizedMatrix(
                values: [UInt8](repeating: value, count: inputs),
                stride: inputs,
                scales: [1],
                zeros: [zero]
            )
            let layer = Int8Layer(
                inputs: inputs,
                outputs: 2,
                rows: [Int8](repeating: 127, count: inputs) + [Int8](repeating: -127, count: inputs),
                scales: [1, 1],
                bias: [0, 0]
            )
            let expected = Float((Int(value) - Int(zero)) * 127 * inputs)
            for kernels in KernelTable.all {
                let result = kernels.linear(
                    q,
                    rows: 1,
                    layer: layer,
                    residual: nil,
                    offset: 0
                )
                #expect(result == [expected, -expected], "\(kernels.testDescription)")
            }
        }
    }

    /// The least byte has no negative; packing moves it by one, for every instruction set alike.
    @Test func theLeastWeightIsMinus127() {
        let q = Self.matrix(rows: 4, columns: 9)
        func result(_ kernels: KernelTable, _ weight: Int8) -> [Float] {
            let rows = (0..<9 * 50).map { $0 % 4 == 1 ? weight : Int8(truncatingIfNeeded: $0 % 100) }
            let layer = Int8Layer(
                inputs: 9,
                outputs: 50,
                rows: rows,
                scales: [Float](repeating: 0.1, count: 50),
                bias: [Float](repeating: 0, count: 50)
            )
            return kernels.linear(q, rows: 4, layer: layer, residual: nil, offset: 0)
        }
        let expected = result(.scalar, -127)
        for kernels in KernelTable.all {
            #expect(bits(result(kernels, -128)) == bits(expected), "\(kernels.testDescription)")
        }
    }

    @Test(arguments: KernelTable.others)
    func float32HasTheBitsOfScalar(_ kernels: KernelTable) {
        for (turn, inputs) in Self.sizes.enumerated() {
            for rows in [1, 2, 9] {
                let outputs = 1 + turn
                let results = [KernelTable.scalar, kernels].map {
                    $0.linear(
                        Noise.floats(rows * inputs, seed: inputs),
                        rows: rows,
                        weights: Noise.floats(outputs * inputs, seed: 2),
                        bias: Noise.floats(outputs, seed: 3),
                        inputs: inputs,
                        activation: Self.activations[(turn + rows) % 5],
                        offset: turn
                    )
                }
                #expect(bits(results[0]) == bits(results[1]), "\(rows) rows, \(inputs) to \(outputs)")
            }
        }
    }

    @Test func float32IsTheProduct() {
        for inputs in Self.sizes {
            let x = Noise.floats(2 * inputs, seed: 1), weights = Noise.floats(3 * inputs, seed: 2)
            let result = KernelTable.scalar.linear(
                x,
                rows: 2,
                weights: weights,
                bias: [1, -2, 0],
                inputs: inputs,
                activation: TRIAGE_ACTIVATION_NONE,
                offset: 0
            )
            for row in 0..<2 {
                for (output, bias) in [1.0, -2, 0].enumerated() {
                    var sum = bias, magnitude = abs(bias)
                    for input in 0..<inputs {
                        let term = Double(x[row * inputs + input]) * Double(weights[output * inputs + input])
                        sum += term
                        magnitude += abs(term)
                    }
                    // A product, at most 9 sums in a lane, 4 between lanes and the bias: each rounds by half a unit.
                    #expect(abs(Double(result[row * 3 + output]) - sum) <= magnitude * 15 * 0x1p-24)
                }
            }
        }
    }
}
