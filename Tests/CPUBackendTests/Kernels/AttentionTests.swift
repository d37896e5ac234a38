import Glibc
import Testing

@testable import EncoderTestSupport

/// `attention` of one sequence.
@Suite struct AttentionTests {
    private static let headSizes = [4, 5, 12, 15, 16, 17, 20, 32, 33, 64]

    @Test(arguments: KernelTable.others)
    func sameBitsAsScalar(_ kernels: KernelTable) {
        for count in 1...70 {
            let headSize = Self.headSizes[count % Self.headSizes.count], heads = 1 + count % 3
            check(kernels, count: count, heads: heads, headSize: headSize)
        }
        for headSize in Self.headSizes {
            for count in [1, 3, 4, 5, 15, 16, 17, 33] { check(kernels, count: count, heads: 2, headSize: headSize) }
        }
    }

    private func check(_ kernels: KernelTable, count: Int, heads: Int, headSize: Int) {
        let x = Noise.floats(count * 3 * heads * headSize, seed: count + headSize)
        let results = [KernelTable.scalar, kernels].map {
            $0.attention(x, count: count, heads: heads, headSize: headSize, offset: count)
        }
        #expect(bits(results[0]) == bits(results[1]), "\(count) tokens, \(heads) heads of \(headSize)")
    }

    @Test(arguments: [(1, 1, 4), (2, 3, 5), (7, 2, 16), (19, 2, 33), (40, 1, 64)])
    func isItsFormula(count: Int, heads: Int, headSize: Int) {
        let columns = heads * headSize
        let x = Noise.floats(count * 3 * columns, seed: count)
        let result = KernelTable.scalar.attention(x, count: count, heads: heads, headSize: headSize, offset: 0)
        func element(_ token: Int, _ part: Int, _ head: Int, _ dimension: Int) -> Double {
            Double(x[token * 3 * columns + part * columns + head * headSize + dimension])
        }
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
                    // Scores of magnitude 20 round by 20 × 2⁻²⁴ a step, which the exponential makes relative.
                    #expect(abs(value - exact) <= 2e-5, "\(query), \(head), \(dimension)")
                }
            }
        }
    }

    /// A key that matches far better than the rest is the answer, whatever its magnitude.
    @Test(arguments: [100, 1e4, 1e15] as [Float])
    func largeScoresDoNotOverflow(_ magnitude: Float) {
        for kernels in KernelTable.all {
            // Two tokens, one head of four: the first key opposes both queries, the second agrees with them.
            let query: [Float] = [magnitude, 0, 0, 0], against: [Float] = [-magnitude, 0, 0, 0]
            let x = query + against + [1, 2, 3, 4] + query + query + [5, 6, 7, 8]
            let result = kernels.attention(x, count: 2, heads: 1, headSize: 4, offset: 0)
            #expect(zip(result, [5, 6, 7, 8, 5, 6, 7, 8] as [Float]).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }
}
