import CKernels
import Encoder
import Tensors
@testable import EncoderTestSupport
import Testing

/// `embed` on tables of every type, against the values that `WeightMatrix` says they stand for.
@Suite struct EmbedTests {
    enum Storage: CaseIterable {
        case float32, float16, bfloat16, int8, int4

        /// A table of `rows` rows as a matrix, and the same bytes as the kernels read them.
        func table(rows: Int, columns: Int, seed: Int) throws -> (matrix: WeightMatrix, table: KernelTable.Table) {
            let values = Noise.floats(rows * columns, seed: seed)
            let shape = try TensorShape([rows, columns])
            switch self {
            case .float32:
                let bits = values.map(\.bitPattern)
                return (.float(Tensor(values, shape: shape)), .init(type: TRIAGE_TABLE_F32, bytes: bytes(bits)))
            case .float16:
                let bits = values.map { Float16($0).bitPattern }
                let tensor = Tensor(littleEndian: bits, elementType: .float16, shape: shape)
                return (.float(tensor), .init(type: TRIAGE_TABLE_F16, bytes: bytes(bits)))
            case .bfloat16:
                let bits = values.map { UInt16($0.bitPattern >> 16) }
                let tensor = Tensor(littleEndian: bits, elementType: .bfloat16, shape: shape)
                return (.float(tensor), .init(type: TRIAGE_TABLE_BF16, bytes: bytes(bits)))
            case .int8:
                let rounded = QuantizedRows(values, columns: columns, limit: 127)
                let bits = rounded.values.map { UInt8(bitPattern: $0) }
                return (
                    .int8(
                        Tensor(littleEndian: bits, elementType: .int8, shape: shape),
                        scales: rounded.scales,
                        smoothing: nil
                    ),
                    .init(type: TRIAGE_TABLE_I8, bytes: bits, scales: rounded.scales)
                )
            case .int4:
                let rounded = QuantizedRows(values, columns: columns, limit: 7)
                let bits = rounded.packedNibbles(columns: columns)
                let shape = try TensorShape([rows, (columns + 1) / 2])
                return (
                    .int4(
                        Tensor(littleEndian: bits, elementType: .uint8, shape: shape),
                        columns: columns,
                        scales: rounded.scales
                    ),
                    .init(type: TRIAGE_TABLE_I4, bytes: bits, scales: rounded.scales)
                )
            }
        }

        private func bytes<Bits: FixedWidthInteger>(_ values: [Bits]) -> [UInt8] {
            values.flatMap { value in (0..<Bits.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        }
    }

    @Test(arguments: Storage.allCases)
    func rowsAreAdded(_ storage: Storage) throws {
        let ids: [UInt32] = [3, 0, 8, 8, 1], segmentIds: [UInt8] = [0, 1, 1, 0, 1]
        for (turn, columns) in LinearTests.sizes.enumerated() {
            let words = try storage.table(rows: 9, columns: columns, seed: 1)
            let segments = try Storage.allCases[turn % 5].table(rows: 2, columns: columns, seed: 2)
            let positions = try Storage.allCases[(turn + 2) % 5].table(rows: 6, columns: columns, seed: 3)
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
    @Test(arguments: [Storage.float16, .bfloat16])
    func allHalves(_ storage: Storage) {
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
