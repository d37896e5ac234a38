internal import CKernels

/// Rows of activations as unsigned 8-bit integers, each with its own scale and zero point.
struct QuantizedActivations {
    let values: AlignedBuffer<UInt8>
    let rows: AlignedBuffer<triage_row_quantization>

    init(rowCapacity: Int, columnCapacity: Int) {
        values = AlignedBuffer(count: rowCapacity * Self.stride(columns: columnCapacity))
        rows = AlignedBuffer(count: rowCapacity)
    }

    /// Bytes from row to row: kernels read four columns at a time.
    static func stride(columns: Int) -> Int { (columns + 3) / 4 * 4 }

    func fits(rows count: Int, columns: Int) -> Bool {
        rows.count >= count && values.count >= count * Self.stride(columns: columns)
    }
}
