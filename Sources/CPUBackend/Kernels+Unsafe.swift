internal import CKernels
import Encoder
import Tensors

/// The kernels of one instruction set, with sizes checked where the pointers leave Swift. CKernels.h defines what each
/// computes. Matrices are dense: the stride is the number of columns.
@safe
struct Kernels: @unchecked Sendable {
    // Points to a constant of the C module.
    private let table: UnsafePointer<triage_kernels>

    init(table: UnsafePointer<triage_kernels>) {
        unsafe self.table = table
    }

    func quantize(
        _ x: AlignedBuffer<Float>,
        rows: Int,
        columns: Int,
        smoothing: AlignedBuffer<Float>?,
        to q: QuantizedActivations
    ) {
        precondition(x.count >= rows * columns && q.fits(rows: rows, columns: columns))
        precondition(smoothing.map { $0.count >= columns } ?? true)
        unsafe table.pointee.quantize_rows(
            x.pointer,
            Int64(columns),
            Int64(rows),
            Int64(columns),
            smoothing?.pointer,
            q.values.pointer,
            Int64(QuantizedActivations.stride(columns: columns)),
            q.rows.pointer
        )
    }

    func linear(
        _ q: QuantizedActivations,
        rows: Int,
        weights: Int8Linear,
        activation: Activation?,
        residual: AlignedBuffer<Float>?,
        to out: AlignedBuffer<Float>
    ) {
        precondition(q.fits(rows: rows, columns: weights.inputs) && out.count >= rows * weights.outputs)
        precondition(residual.map { $0.count >= rows * weights.outputs } ?? true)
        var layer = unsafe triage_linear_int8(
            packed: weights.packed.pointer,
            scales: weights.scales.pointer,
            column_sums: weights.columnSums.pointer,
            bias: weights.bias.pointer,
            inputs: Int64(weights.inputs),
            outputs: Int64(weights.outputs)
        )
        unsafe table.pointee.linear_int8(
            q.values.pointer,
            Int64(QuantizedActivations.stride(columns: weights.inputs)),
            q.rows.pointer,
            Int64(rows),
            &layer,
            activation.identifier,
            residual?.pointer,
            Int64(weights.outputs),
            out.pointer,
            Int64(weights.outputs)
        )
    }

    /// out = activation(x Wᵀ + b).
    func linear(
        _ x: AlignedBuffer<Float>,
        rows: Int,
        weights: AlignedBuffer<Float>,
        bias: AlignedBuffer<Float>,
        inputs: Int,
        outputs: Int,
        activation: Activation?,
        to out: AlignedBuffer<Float>
    ) {
        precondition(x.count >= rows * inputs && out.count >= rows * outputs)
        precondition(weights.count >= inputs * outputs && bias.count >= outputs)
        unsafe table.pointee.linear_f32(
            x.pointer,
            Int64(inputs),
            Int64(rows),
            weights.pointer,
            bias.pointer,
            Int64(inputs),
            Int64(outputs),
            activation.identifier,
            out.pointer,
            Int64(outputs)
        )
    }

    func finish(
        _ x: AlignedBuffer<Float>,
        rows: Int,
        columns: Int,
        bias: AlignedBuffer<Float>,
        activation: Activation?,
        residual: AlignedBuffer<Float>?
    ) {
        precondition(x.count >= rows * columns && bias.count >= columns)
        precondition(residual.map { $0.count >= rows * columns } ?? true)
        unsafe table.pointee.finish_f32(
            x.pointer,
            Int64(columns),
            Int64(rows),
            Int64(columns),
            bias.pointer,
            activation.identifier,
            residual?.pointer,
            Int64(columns)
        )
    }

    func layerNorm(_ x: AlignedBuffer<Float>, rows: Int, norm: Norm, to out: AlignedBuffer<Float>) {
        let columns = norm.scale.count
        precondition(x.count >= rows * columns && out.count >= rows * columns && norm.shift.count >= columns)
        unsafe table.pointee.layer_norm(
            x.pointer,
            Int64(columns),
            Int64(rows),
            Int64(columns),
            norm.scale.pointer,
            norm.shift.pointer,
            norm.epsilon,
            out.pointer,
            Int64(columns)
        )
    }

    /// Embeds tokens `range` of the batch as one sequence that starts at position 0, into the same rows of `out`. The
    /// batch has been validated against the tables.
    func embed(
        _ batch: TokenBatch,
        range: Range<Int>,
        tables: EmbeddingTables,
        to out: AlignedBuffer<Float>
    ) {
        let columns = tables.columns
        precondition(batch.ids.count >= range.upperBound && batch.segmentIds.count >= range.upperBound)
        precondition(out.count >= range.upperBound * columns)
        unsafe tables.withPointers { words, segments, positions in
            unsafe batch.ids.withUnsafeBufferPointer { ids in
                unsafe batch.segmentIds.withUnsafeBufferPointer { segmentIds in
                    guard let ids = ids.baseAddress, let segmentIds = segmentIds.baseAddress else { return }
                    unsafe table.pointee.embed(
                        ids + range.lowerBound,
                        segmentIds + range.lowerBound,
                        Int64(range.count),
                        Int64(columns),
                        words,
                        segments,
                        positions,
                        out.pointer + range.lowerBound * columns,
                        Int64(columns)
                    )
                }
            }
        }
    }

    /// Attention of the sequence in rows `range`.
    func attention(
        _ queryKeyValue: AlignedBuffer<Float>,
        range: Range<Int>,
        heads: Int,
        headSize: Int,
        scratch: AlignedBuffer<Float>,
        to out: AlignedBuffer<Float>
    ) {
        let columns = heads * headSize
        precondition(queryKeyValue.count >= range.upperBound * 3 * columns && out.count >= range.upperBound * columns)
        precondition(scratch.count >= Self.attentionScratch(tokens: range.count, headSize: headSize))
        unsafe table.pointee.attention(
            queryKeyValue.pointer + range.lowerBound * 3 * columns,
            Int64(3 * columns),
            Int64(range.count),
            Int64(heads),
            Int64(headSize),
            scratch.pointer,
            out.pointer + range.lowerBound * columns,
            Int64(columns)
        )
    }

    static func attentionScratch(tokens: Int, headSize: Int) -> Int {
        Int(triage_attention_scratch(Int64(tokens), Int64(headSize)))
    }

    /// Row `row` of `out` becomes the mean of rows `range` of `x`.
    func mean(_ x: AlignedBuffer<Float>, range: Range<Int>, columns: Int, row: Int, of out: AlignedBuffer<Float>) {
        precondition(x.count >= range.upperBound * columns && out.count >= (row + 1) * columns)
        unsafe table.pointee.mean_rows(
            x.pointer + range.lowerBound * columns,
            Int64(columns),
            Int64(range.count),
            Int64(columns),
            out.pointer + row * columns
        )
    }

    func copy(_ x: AlignedBuffer<Float>, from: Int, columns: Int, row: Int, of out: AlignedBuffer<Float>) {
        precondition(x.count >= (from + 1) * columns && out.count >= (row + 1) * columns)
        unsafe (out.pointer + row * columns).update(from: x.pointer + from * columns, count: columns)
    }

    /// Scales row `row` to length 1.
    func normalize(_ x: AlignedBuffer<Float>, row: Int, columns: Int) {
        precondition(x.count >= (row + 1) * columns)
        unsafe table.pointee.normalize(x.pointer + row * columns, Int64(columns))
    }
}

extension Activation? {
    fileprivate var identifier: triage_activation {
        switch self {
        case nil: TRIAGE_ACTIVATION_NONE
        case .gelu: TRIAGE_ACTIVATION_GELU
        case .geluTanh: TRIAGE_ACTIVATION_GELU_TANH
        case .relu: TRIAGE_ACTIVATION_RELU
        case .tanh: TRIAGE_ACTIVATION_TANH
        }
    }
}
