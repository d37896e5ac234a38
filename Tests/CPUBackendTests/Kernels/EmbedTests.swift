import CKernels
import Encoder
import Tensors
import Testing

@testable import EncoderTestSupport

/// `embed` on tables of every type, against the values that `WeightMatrix` says they stand for.
@Suite struct EmbedTests {
    @Test(arguments: TableStorage.allCases)
    func rowsAreAdded(_ storage: TableStorage) throws {
        let ids: [UInt32] = [3, 0, 8, 8, 1], segmentIds: [UInt8] = [0, 1, 1, 0, 1]
        for (turn, columns) in LinearTests.sizes.enumerated() {
            let words = try storage.table(rows: 9, columns: columns, seed: 1)
            let segments = try TableStorage.allCases[turn % 5].table(rows: 2, columns: columns, seed: 2)
            let positions = try TableStorage.allCases[(turn + 2) % 5].table(rows: 6, columns: columns, seed: 3)
            let values = [words, segments, positions].map { $0.matrix.floats() }
            for hasSegments in [true, false] {
                var expected: [Float] = []
                for (position, id) in ids.enumerated() {
                    for column in 0..<columns {
                        var sum = values[0][Int(id) * columns + column]
                        if hasSegments { sum += values[1][Int(segmentIds[position]) * columns + column] }
                        expected.append(sum + values[2][position * columns + column])
                    }
                }
                for kernels in KernelTable.all {
                    let result = kernels.embed(
                        ids: ids,
                        segmentIds: segmentIds,
                        columns: columns,
                        words: words.table,
                        segments: hasSegments ? segments.table : nil,
                        positions: positions.table,
                        offset: turn
                    )
                    #expect(bits(result) == bits(expected), "\(kernels.testDescription), \(columns) columns")
                }
            }
        }
    }

    /// Every 16-bit pattern of a half: subnormals, infinities and numbers that are not.
    @Test(arguments: [TableStorage.float16, .bfloat16])
    func allHalves(_ storage: TableStorage) {
        let patterns = (0...UInt16.max).map { $0 }
        let bytes = patterns.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let expected = patterns.map {
            storage == .float16 ? Float(Float16(bitPattern: $0)) : Float(bitPattern: UInt32($0) << 16)
        }
        for kernels in KernelTable.all {
            let result = kernels.embed(
                ids: [0],
                segmentIds: [0],
                columns: patterns.count,
                words: .init(type: storage == .float16 ? TRIAGE_TABLE_F16 : TRIAGE_TABLE_BF16, bytes: bytes),
                segments: nil,
                positions: nil,
                offset: 1
            )
            #expect(bits(result) == bits(expected), "\(kernels.testDescription)")
        }
    }
}
