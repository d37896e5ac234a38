internal import CKernels
import Encoder
import Tensors

/// The word, segment and position tables, read in place in the type they are stored in.
struct EmbeddingTables: Sendable {
    let columns: Int
    private let words, positions: Table
    private let segments: Table?

    private struct Table: Sendable {
        let type: UInt32
        let tensor: Tensor
        let scales: AlignedBuffer<Float>?
    }

    init(_ weights: EncoderWeights) throws(EncoderError) {
        columns = weights.words.columnCount
        words = try Self.table(weights.words)
        positions = try Self.table(weights.positions)
        segments = try weights.segments.map { matrix throws(EncoderError) in try Self.table(matrix) }
    }

    private static func table(_ matrix: WeightMatrix) throws(EncoderError) -> Table {
        switch matrix {
        case .float(let tensor):
            let type =
                switch tensor.elementType {
                case .float32: TRIAGE_TABLE_F32
                case .float16: TRIAGE_TABLE_F16
                case .bfloat16: TRIAGE_TABLE_BF16
                default: throw .invalidWeights("an embedding table of type \(tensor.elementType.rawValue)")
                }
            return Table(type: type.rawValue, tensor: tensor, scales: nil)
        case .int8(let tensor, let scales, _):
            return Table(type: TRIAGE_TABLE_I8.rawValue, tensor: tensor, scales: AlignedBuffer(scales))
        case .int4(let tensor, _, let scales):
            return Table(type: TRIAGE_TABLE_I4.rawValue, tensor: tensor, scales: AlignedBuffer(scales))
        }
    }

    /// The pointers are valid within `body` only.
    func withPointers(
        _ body: (
            _ words: UnsafePointer<triage_table>, _ segments: UnsafePointer<triage_table>,
            _ positions: UnsafePointer<triage_table>
        ) -> Void
    ) {
        unsafe Self.withPointer(words) { words in
            unsafe Self.withPointer(segments) { segments in
                unsafe Self.withPointer(positions) { positions in
                    unsafe body(words, segments, positions)
                }
            }
        }
    }

    private static func withPointer(_ table: Table?, _ body: (UnsafePointer<triage_table>) -> Void) {
        // Borrows the table; `guard let` would copy it.
        switch table {
        case let table?:
            unsafe table.tensor.withUnsafeBytes { bytes in
                var pointers = unsafe triage_table(
                    type: triage_table_type(table.type),
                    data: bytes.baseAddress,
                    scales: table.scales?.pointer
                )
                unsafe body(&pointers)
            }
        case nil:
            var none = unsafe triage_table()
            unsafe body(&none)
        }
    }
}
