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

    /// x = activation(x), then x quantised for `layer`, in rows `rows`.
    func quantize(
        _ x: AlignedBuffer<Float>,
        rows: Range<Int>,
        activation: Activation?,
        for layer: Int8Linear,
        to q: QuantizedActivations
    ) {
        let columns = layer.inputs
        precondition(x.count >= rows.upperBound * columns)
        unsafe q.withPointer(rows: rows, columns: columns) { q in
            unsafe table.pointee.quantize_rows(
                x.pointer + rows.lowerBound * columns,
                Int64(columns),
                Int64(rows.count),
                Int64(columns),
                activation.identifier,
                layer.smoothing?.pointer,
                q
            )
        }
    }

    /// out = x Wᵀ + b + residual for the first `rows` rows, in the columns of `panels` only.
    func linear(
        _ x: QuantizedActivations,
        rows: Int,
        weights: Int8Linear,
        panels: Range<Int>,
        residual: AlignedBuffer<Float>?,
        to out: AlignedBuffer<Float>
    ) {
        let outputs = weights.outputs, columns = weights.columns(of: panels)
        precondition(out.count >= rows * outputs && residual.map { $0.count >= rows * outputs } ?? true)
        precondition(panels.lowerBound >= 0 && panels.upperBound <= weights.panelCount)
        var layer = unsafe triage_linear_int8(
            packed: weights.packed.pointer + panels.lowerBound * weights.panelSize,
            scales: weights.scales.pointer + columns.lowerBound,
            column_sums: weights.columnSums.pointer + columns.lowerBound,
            bias: weights.bias.pointer + columns.lowerBound,
            inputs: Int64(weights.inputs),
            outputs: Int64(columns.count)
        )
        unsafe x.withPointer(rows: 0..<rows, columns: weights.inputs) { x in
            unsafe table.pointee.linear_int8(
                x,
                Int64(rows),
                &layer,
                residual.map { unsafe $0.pointer + columns.lowerBound },
                Int64(outputs),
                out.pointer + columns.lowerBound,
                Int64(outputs)
            )
        }
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

    /// x = activation(x + bias) + residual in rows `rows`.
    func finish(
        _ x: AlignedBuffer<Float>,
        rows: Range<Int>,
        columns: Int,
        bias: AlignedBuffer<Float>? = nil,
        activation: Activation? = nil,
        residual: AlignedBuffer<Float>? = nil
    ) {
        precondition(x.count >= rows.upperBound * columns && bias.map { $0.count >= columns } ?? true)
        precondition(residual.map { $0.count >= rows.upperBound * columns } ?? true)
        let start = rows.lowerBound * columns
        unsafe table.pointee.finish_f32(
            x.pointer + start,
            Int64(columns),
            Int64(rows.count),
            Int64(columns),
            bias?.pointer,
            activation.identifier,
            residual.map { unsafe $0.pointer + start },
            Int64(columns)
        )
    }

    /// Rows `rows` of out = the layer norm of x, and the same quantised for `layer`, if one is given.
    func layerNorm(
        _ x: AlignedBuffer<Float>,
        rows: Range<Int>,
        norm: Norm,
        to out: AlignedBuffer<Float>,
        for layer: Int8Linear?,
        quantized q: QuantizedActivations
    ) {
        let columns = norm.scale.count, start = rows.lowerBound * columns
        precondition(x.count >= rows.upperBound * columns && out.count >= rows.upperBound * columns)
        precondition(norm.shift.count >= columns && layer.map { $0.inputs == columns } ?? true)
        var parameters = unsafe triage_norm(
            scale: norm.scale.pointer,
            shift: norm.shift.pointer,
            epsilon: norm.epsilon
        )
        unsafe q.withPointer(rows: rows, columns: columns) { q in
            unsafe table.pointee.layer_norm(
                x.pointer + start,
                Int64(columns),
                Int64(rows.count),
                Int64(columns),
                &parameters,
                out.pointer + start,
                Int64(columns),
                layer?.smoothing?.pointer,
                layer == nil ? nil : q
            )
        }
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

    /// Attention of the sequence in rows `range`, in heads `heads` of `headCount`, with the scratch of part `part`.
    func attention(
        _ queryKeyValue: AlignedBuffer<Float>,
        range: Range<Int>,
        heads: Range<Int>,
        headCount: Int,
        headSize: Int,
        inInt8: Bool,
        scratch: [AlignedBuffer<Float>],
        part: Int,
        to out: AlignedBuffer<Float>
    ) {
        let columns = headCount * headSize, first = heads.lowerBound * headSize
        precondition(queryKeyValue.count >= range.upperBound * 3 * columns && out.count >= range.upperBound * columns)
        precondition(heads.lowerBound >= 0 && heads.upperBound <= headCount)
        precondition(scratch[part].count >= Self.attentionScratch(tokens: range.count, headSize: headSize))
        let attention = unsafe inInt8 ? table.pointee.attention_int8 : table.pointee.attention
        unsafe attention!(
            queryKeyValue.pointer + range.lowerBound * 3 * columns + first,
            Int64(3 * columns),
            Int64(columns),
            Int64(range.count),
            Int64(heads.count),
            Int64(headSize),
            scratch[part].pointer,
            out.pointer + range.lowerBound * columns + first,
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

extension QuantizedActivations {
    /// The pointer, whose first row is the first of `rows`, is valid within `body` only.
    fileprivate func withPointer(rows: Range<Int>, columns: Int, _ body: (UnsafePointer<triage_quantized>) -> Void) {
        precondition(fits(rows: rows.upperBound, columns: columns) && rows.lowerBound >= 0)
        let stride = Self.stride(columns: columns)
        var pointers = unsafe triage_quantized(
            values: values.pointer + rows.lowerBound * stride,
            stride: Int64(stride),
            rows: self.rows.pointer + rows.lowerBound
        )
        unsafe body(&pointers)
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
