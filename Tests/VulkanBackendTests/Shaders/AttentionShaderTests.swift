import Encoder
import Testing

@testable import EncoderTestSupport
@testable import VulkanBackend

/// Attention on the device has the bits of the scalar kernels.
@Suite(.onDevice) struct AttentionShaderTests {
    /// Of one network, and a batch's sequences.
    struct Shape: CustomTestStringConvertible {
        let heads, headSize: Int
        let lengths: [Int]
        /// Keys whose scores a workgroup keeps: a longer sequence computes them more than once.
        let scores: Int
        /// Of one workgroup.
        var queries = Kernels.queriesPerTask

        var columns: Int { heads * headSize }
        var tokens: Int { lengths.reduce(0, +) }
        var testDescription: String { "\(heads) heads of \(headSize), \(lengths) tokens, \(scores) scores" }
    }

    private static let shapes = [
        Shape(heads: 1, headSize: 1, lengths: [1, 2, 3, 40], scores: 32),
        Shape(heads: 5, headSize: 5, lengths: [16, 17, 1, 31, 33], scores: 64),
        Shape(heads: 2, headSize: 32, lengths: [600, 1, 7, 129, 65], scores: 128),
        Shape(heads: 1, headSize: 64, lengths: [15, 200, 2], scores: 64),
        Shape(heads: 12, headSize: 32, lengths: [11, 9, 14, 1], scores: 256),
        Shape(heads: 3, headSize: 7, lengths: [64, 63, 65], scores: 64),
    ]

    @Test(arguments: shapes)
    func floats(_ shape: Shape) throws {
        let x = Noise.floats(shape.tokens * 3 * shape.columns, seed: shape.tokens).enumerated().map { index, value in
            // Some heads are sure of themselves.
            index / (3 * shape.columns) % 3 == 1 ? value * 20 : value
        }
        let expected = Self.expected(shape, x) {
            KernelTable.scalar.attention($0, count: $1, heads: shape.heads, headSize: shape.headSize, offset: 0)
        }
        #expect(bits(try Self.run("attention", shape, x)) == bits(expected))
    }

    /// Also a sequence whose scores fill the memory for them and one more, and heads with more vectors than a workgroup has
    /// threads.
    @Test(
        arguments: shapes + [
            Shape(heads: 4, headSize: 3, lengths: [32, 33, 31, 16, 15], scores: 32),
            Shape(heads: 3, headSize: 12, lengths: [256, 257, 96], scores: 256),
            Shape(heads: 2, headSize: 17, lengths: [48, 5, 70, 1], scores: 32),
            Shape(heads: 1, headSize: 100, lengths: [20, 40], scores: 64),
            Shape(heads: 2, headSize: 128, lengths: [3, 100, 18], scores: 64),
            Shape(heads: 1, headSize: 2, lengths: [1500], scores: 256),
            Shape(heads: 1, headSize: 516, lengths: [3, 40], scores: 32, queries: 4),
        ]
    )
    func integers(_ shape: Shape) throws {
        for (name, values) in Self.values(shape) {
            let expected = Self.expected(shape, values) {
                KernelTable.scalar.attention(
                    $0,
                    count: $1,
                    heads: shape.heads,
                    headSize: shape.headSize,
                    inInt8: true,
                    offset: 0
                )
            }
            for product in ["dot", "float"] {
                guard try product == "float" || TestDevice.found.get().hasIntegerDot else { continue }
                let found = try Self.run("attention_int8_\(product)", shape, values)
                // Not as arrays: Swift Testing would look for the shortest difference between those.
                let wrong = zip(bits(found), bits(expected)).count { $0 != $1 }
                #expect(wrong == 0 && found.count == expected.count, "\(product), \(name)")
            }
        }
    }

    /// Queries, keys and values of all tokens; of many tokens only the first two kinds, for the time they take.
    private static func values(_ shape: Shape) -> [(String, [Float])] {
        let count = shape.tokens * 3 * shape.columns
        let noise = Noise.floats(count, seed: shape.tokens + shape.headSize)
        let sure = noise.enumerated().map { index, value in
            index / (3 * shape.columns) % 3 == 1 ? value * 20 : value
        }
        let awkward = awkwardRows(shape.tokens, 3 * shape.columns, seed: shape.headSize)
        guard shape.tokens < 400 else { return [("noise", sure), ("awkward rows", awkward)] }
        // Between 127 and -127 in halves: what is rounded lies between two integers, and scores are as large as they can be.
        let halves = noise.map { ($0 * 254).rounded() / 2 }.enumerated().map { index, value in
            index % 5 == 0 ? Float(index % 2 == 0 ? 127 : -127) : value
        }
        let large = noise.map { $0 < 0 ? Float(-127) : 127 }
        return [
            ("noise", sure), ("awkward rows", awkward), ("halves", halves), ("as large as can be", large),
            ("tiny", noise.map { $0 * 1e-12 }), ("zeros", [Float](repeating: 0, count: count)),
        ]
    }

    /// The kernel's results of all sequences.
    private static func expected(_ shape: Shape, _ x: [Float], _ kernel: ([Float], Int) -> [Float]) -> [Float] {
        var first = 0
        return shape.lengths.flatMap { length in
            defer { first += length }
            return kernel(Array(x[first * 3 * shape.columns..<(first + length) * 3 * shape.columns]), length)
        }
    }

    private static func run(_ shader: String, _ shape: Shape, _ x: [Float]) throws -> [Float] {
        var tasks: [UInt32] = [], first = 0
        for length in shape.lengths {
            for query in stride(from: 0, to: length, by: shape.queries) {
                tasks += [UInt32(first), UInt32(length), UInt32(query)]
            }
            first += length
        }
        let count = tasks.count / 3
        let header = try DeviceWords.header(tokens: shape.tokens, sequences: shape.lengths.count, tasks: count)
        let input = try DeviceWords(x), list = try DeviceWords(tasks)
        let out = try DeviceWords(count: shape.tokens * shape.columns)
        // Workgroups beyond the tasks have nothing to do.
        try TestDevice.run(
            shader,
            [shape.columns, shape.heads, shape.headSize, shape.queries, shape.scores],
            [header, list, input, out].map(\.address),
            [],
            .count(count + 2, shape.heads)
        )
        return out.floats
    }
}
