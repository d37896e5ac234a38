import Glibc
import Testing

@testable import EncoderTestSupport

/// `attention` of one sequence.
@Suite struct AttentionTests {
    private static let headSizes = [4, 5, 12, 15, 16, 17, 20, 32, 33, 64]

    @Test(arguments: KernelTable.others, [false, true])
    func sameBitsAsScalar(_ kernels: KernelTable, inInt8: Bool) {
        for count in 1...70 {
            let headSize = Self.headSizes[count % Self.headSizes.count], heads = 1 + count % 3
            check(kernels, count: count, heads: heads, headSize: headSize, inInt8: inInt8)
        }
        for headSize in Self.headSizes {
            for count in [1, 3, 4, 5, 15, 16, 17, 33] {
                check(kernels, count: count, heads: 2, headSize: headSize, inInt8: inInt8)
            }
        }
        for (count, headSize) in [(127, 1), (129, 2), (5, 128), (70, 130), (301, 32)] {
            check(kernels, count: count, heads: 2, headSize: headSize, inInt8: inInt8)
        }
    }

    private func check(_ kernels: KernelTable, count: Int, heads: Int, headSize: Int, inInt8: Bool) {
        let x = Noise.floats(count * 3 * heads * headSize, seed: count + headSize)
        let results = [KernelTable.scalar, kernels].map {
            $0.attention(x, count: count, heads: heads, headSize: headSize, inInt8: inInt8, offset: count)
        }
        #expect(bits(results[0]) == bits(results[1]), "\(count) tokens, \(heads) heads of \(headSize)")
    }

    private static let shapes = [(1, 1, 4), (2, 3, 5), (7, 2, 16), (19, 2, 33), (40, 1, 64)]

    /// Scores of magnitude 20 round by 20 × 2⁻²⁴ a step, which the exponential makes relative.
    @Test(arguments: shapes)
    func isItsFormula(count: Int, heads: Int, headSize: Int) {
        #expect(greatestError(count: count, heads: heads, headSize: headSize, inInt8: false) <= 2e-5)
    }

    /// Values of magnitude 3.5 at most round by half of a 127th of it, 0.014, and the two sides of a score likewise, which
    /// the softmax averages; measured 0.023 at most.
    @Test(arguments: shapes + [(128, 1, 32)])
    func isItsFormulaInInt8(count: Int, heads: Int, headSize: Int) {
        let error = greatestError(count: count, heads: heads, headSize: headSize, inInt8: true)
        #expect(error <= 0.03)
    }

    /// Of `attention`, from its formula in double precision.
    private func greatestError(count: Int, heads: Int, headSize: Int, inInt8: Bool) -> Double {
        let columns = heads * headSize
        let x = Noise.floats(count * 3 * columns, seed: count)
        let result = KernelTable.scalar.attention(
            x,
            count: count,
            heads: heads,
            headSize: headSize,
            inInt8: inInt8,
            offset: 0
        )
        func element(_ token: Int, _ part: Int, _ head: Int, _ dimension: Int) -> Double {
            Double(x[token * 3 * columns + part * columns + head * headSize + dimension])
        }
        var greatest = 0.0
        for head in 0..<heads {
            for query in 0..<count {
                let scores = (0..<count).map { key in
                    (0..<headSize).reduce(0.0) { $0 + element(query, 0, head, $1) * element(key, 1, head, $1) }
                        / Double(headSize).squareRoot()
                }
                let largest = scores.max() ?? 0
                let weights = scores.map { exp($0 - largest) }
                let sum = weights.reduce(0, +)
                for dimension in 0..<headSize {
                    let exact = (0..<count).reduce(0.0) { $0 + weights[$1] * element($1, 2, head, dimension) } / sum
                    let value = Double(result[query * columns + head * headSize + dimension])
                    greatest = max(greatest, abs(value - exact))
                }
            }
        }
        return greatest
    }

    /// A key that matches far better than the rest is the answer, whatever its magnitude.
    @Test(arguments: [100, 1e4, 1e15] as [Float], [false, true])
    func largeScoresDoNotOverflow(_ magnitude: Float, inInt8: Bool) {
        for kernels in KernelTable.all {
            // Two tokens, one head of four: the first key opposes both queries, the second agrees with them.
            let query: [Float] = [magnitude, 0, 0, 0], against: [Float] = [-magnitude, 0, 0, 0]
            let x = query + against + [1, 2, 3, 4] + query + query + [5, 6, 7, 8]
            let result = kernels.attention(x, count: 2, heads: 1, headSize: 4, inInt8: inInt8, offset: 0)
            #expect(zip(result, [5, 6, 7, 8, 5, 6, 7, 8] as [Float]).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    /// Hundreds of keys with a weight below half a step of 8 bits count for what they add up to.
    @Test(arguments: [100, 256, 512])
    func smallWeightsAddUp(count: Int) {
        // The first key's weight is 1, the others' 0.3 steps of 255; the first value is 0, the others' 1.
        let small = 0.3 / 255, rest = Double(count - 1) * small
        let first = [1, 0, 0, 0] + [Float(-2 * log(small)), 0, 0, 0] + [0, 0, 0, 0] as [Float]
        let other = [1, 0, 0, 0] + [0, 0, 0, 0] + [1, 1, 1, 1] as [Float]
        let x = first + (1..<count).flatMap { _ in other }
        for kernels in KernelTable.all {
            let result = kernels.attention(x, count: count, heads: 1, headSize: 4, inInt8: true, offset: 0)
            #expect(result.allSatisfy { abs(Double($0) - rest / (1 + rest)) < 0.005 })
        }
    }

    /// A head's result is the same alone and among others, of whatever magnitude.
    @Test(arguments: [false, true])
    func headsAreIndependent(inInt8: Bool) {
        let count = 21, heads = 3, headSize = 20, columns = heads * headSize
        var x = Noise.floats(count * 3 * columns, seed: 5)
        for index in x.indices { x[index] *= [1, 1000, 1e-6][index % columns / headSize] }
        for kernels in KernelTable.all {
            let all = kernels.attention(x, count: count, heads: heads, headSize: headSize, inInt8: inInt8, offset: 0)
            for head in 0..<heads {
                func slice(_ values: [Float]) -> [Float] {
                    values.indices.filter { $0 % columns / headSize == head }.map { values[$0] }
                }
                let alone = kernels.attention(
                    slice(x),
                    count: count,
                    heads: 1,
                    headSize: headSize,
                    inInt8: inInt8,
                    offset: 0
                )
                #expect(bits(alone) == bits(slice(all)))
            }
        }
    }
}
