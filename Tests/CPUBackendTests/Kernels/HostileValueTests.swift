import CKernels
import Testing

@testable import EncoderTestSupport

/// Values that broken weights lead to: kernels neither trap nor write elsewhere, and agree on what comes out.
@Suite struct HostileValueTests {
    private static let values: [Float] = [
        .nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
        -.leastNormalMagnitude, -0.0, 1e30, -1e-30, 1,
    ]

    /// Ordinary numbers with a hostile one at every `step`th place, or nothing but that one.
    private static func rows(_ count: Int, _ value: Float, step: Int) -> [Float] {
        var result = Noise.floats(count, seed: step)
        for index in stride(from: step / 2, to: count, by: step) { result[index] = value }
        return result
    }

    @Test(arguments: values, [1, 7, 40])
    func allKernelsAgree(_ value: Float, step: Int) {
        let columns = 37, x = Self.rows(4 * columns, value, step: step)
        let ordinary = Noise.floats(columns, seed: 1)
        let results = KernelTable.all.map { kernels in
            let q = kernels.quantize(x, rows: 4, columns: columns, stride: columns, smoothing: nil, offset: 3)
            var all = [
                kernels.layerNorm(
                    x,
                    rows: 4,
                    scale: ordinary,
                    shift: ordinary,
                    epsilon: 1e-12,
                    inPlace: false,
                    offset: 1
                ),
                kernels.mean(x, rows: 4, columns: columns, offset: 2),
                kernels.normalize(Array(x.prefix(columns)), offset: 2),
                kernels.attention(Array(x.prefix(144)), count: 4, heads: 2, headSize: 6, offset: 0),
                kernels.attention(Array(x.prefix(144)), count: 4, heads: 2, headSize: 6, inInt8: true, offset: 0),
                kernels.attention(Array(x.prefix(144)), count: 24, heads: 1, headSize: 2, inInt8: true, offset: 0),
                kernels.linear(
                    x,
                    rows: 4,
                    weights: ordinary,
                    bias: [1],
                    inputs: columns,
                    activation: TRIAGE_ACTIVATION_NONE,
                    offset: 0
                ),
                q.scales, q.values.map { Float($0) }, q.zeros.map { Float($0) },
            ]
            for activation in LinearTests.activations {
                all.append(
                    kernels.finish(x, rows: 4, bias: ordinary, activation: activation, residual: nil, offset: 0)
                )
            }
            return all
        }
        for result in results.dropFirst() {
            for (index, pair) in zip(results[0], result).enumerated() {
                #expect(bits(pair.0) == bits(pair.1), "result \(index)")
            }
        }
    }
}
