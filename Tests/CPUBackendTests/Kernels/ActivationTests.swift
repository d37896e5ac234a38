import CKernels
import Glibc
import Testing

@testable import EncoderTestSupport

/// `finish_f32`, and through it the activations.
@Suite struct ActivationTests {
    @Test(arguments: KernelTable.others, LinearTests.activations.map(\.rawValue))
    func sameBitsAsScalar(_ kernels: KernelTable, activation: UInt32) {
        for (turn, columns) in LinearTests.sizes.enumerated() {
            for rows in [1, 2, 9] {
                let count = rows * columns
                let results = [KernelTable.scalar, kernels].map {
                    $0.finish(
                        Noise.floats(count, seed: turn).map { $0 * 3 },
                        rows: rows,
                        bias: Noise.floats(columns, seed: 1),
                        activation: triage_activation(activation),
                        residual: rows == 2 ? nil : Noise.floats(count, seed: 2),
                        offset: turn + rows
                    )
                }
                #expect(bits(results[0]) == bits(results[1]), "\(rows) rows of \(columns)")
            }
        }
    }

    private static func apply(_ activation: triage_activation, _ x: [Float]) -> [Double] {
        let zeros = [Float](repeating: 0, count: x.count)
        return KernelTable.scalar.finish(
            x,
            rows: 1,
            bias: zeros,
            activation: activation,
            residual: nil,
            offset: 0
        ).map(Double.init)
    }

    private static let grid = (-4096...4096).map { Float($0) / 512 }

    @Test func geluIsWithinItsBound() {
        for (x, y) in zip(Self.grid, Self.apply(TRIAGE_ACTIVATION_GELU, Self.grid)) {
            let exact = Double(x) * 0.5 * erfc(-Double(x) / 2.0.squareRoot())
            #expect(abs(y - exact) <= 1.3e-6, "\(x)")
        }
    }

    @Test func geluTanhIsItsFormula() {
        for (x, y) in zip(Self.grid, Self.apply(TRIAGE_ACTIVATION_GELU_TANH, Self.grid)) {
            let x = Double(x)
            let exact = 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
            #expect(abs(y - exact) <= 1.3e-6, "\(x)")
        }
    }

    /// 2σ(2x) - 1 loses relative precision near 0, which the absolute bound allows.
    @Test func tanhIsWithinItsBound() {
        for (x, y) in zip(Self.grid, Self.apply(TRIAGE_ACTIVATION_TANH, Self.grid)) {
            #expect(abs(y - tanh(Double(x))) <= 5e-7, "\(x)")
        }
    }

    @Test func theTwoKindsOfGELUDiffer() {
        let exact = Self.apply(TRIAGE_ACTIVATION_GELU, Self.grid)
        let approximate = Self.apply(TRIAGE_ACTIVATION_GELU_TANH, Self.grid)
        #expect(zip(exact, approximate).map { abs($0 - $1) }.max() ?? 0 > 3e-4)
    }

    /// Far out, where exponentials would overflow, the functions are their limits.
    @Test(arguments: [20, 1e4, 1e18, 3e38] as [Float])
    func limits(_ x: Float) {
        for activation in [TRIAGE_ACTIVATION_GELU, TRIAGE_ACTIVATION_GELU_TANH, TRIAGE_ACTIVATION_RELU] {
            let y = Self.apply(activation, [x, -x])
            #expect(abs(y[0] / Double(x) - 1) <= 1e-6)
            #expect(abs(y[1]) <= Double(x) * 3e-7)
        }
        #expect(Self.apply(TRIAGE_ACTIVATION_TANH, [x, -x]).map { abs($0) }.allSatisfy { abs($0 - 1) < 1e-6 })
    }

    @Test func biasComesBeforeTheActivationAndTheResidualAfter() {
        let result = KernelTable.scalar.finish(
            [1, -1, 0.5, -3],
            rows: 2,
            bias: [-2, 2],
            activation: TRIAGE_ACTIVATION_RELU,
            residual: [10, 20, 30, -40],
            offset: 0
        )
        #expect(result == [10, 21, 30, -40])
    }
}
