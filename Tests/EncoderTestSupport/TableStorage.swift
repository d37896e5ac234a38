import CKernels
import Encoder
import Tensors

/// How the elements of an embedding table are stored.
enum TableStorage: CaseIterable {
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
