import CKernels
import Testing

extension KernelTable {
    func finish(
        _ x: [Float],
        rows: Int,
        bias: [Float],
        activation: triage_activation,
        residual: [Float]?,
        offset: Int
    ) -> [Float] {
        let columns = bias.count
        let values = Guarded(x, offset: offset)
        let shift = Guarded(bias, offset: offset)
        let other = residual.map { Guarded($0, offset: offset) }
        unsafe table.pointee.finish_f32(
            values.pointer,
            Int64(columns),
            Int64(rows),
            Int64(columns),
            shift.pointer,
            activation,
            other?.pointer,
            Int64(columns)
        )
        return dense(values, rows: rows, columns: columns, stride: columns)
    }

    func layerNorm(
        _ x: [Float],
        rows: Int,
        scale: [Float],
        shift: [Float],
        epsilon: Float,
        inPlace: Bool,
        offset: Int
    ) -> [Float] {
        quantizedNorm(
            x,
            rows: rows,
            scale: scale,
            shift: shift,
            epsilon: epsilon,
            inPlace: inPlace,
            smoothing: nil,
            isQuantized: false,
            offset: offset
        ).values
    }

    func quantizedNorm(
        _ x: [Float],
        rows: Int,
        scale: [Float],
        shift: [Float],
        epsilon: Float,
        inPlace: Bool,
        smoothing: [Float]?,
        isQuantized: Bool,
        offset: Int
    ) -> (values: [Float], quantized: QuantizedMatrix?) {
        let columns = scale.count
        let input = Guarded(x, offset: offset)
        let scales = Guarded(scale, offset: offset)
        let shifts = Guarded(shift, offset: offset)
        let stride = inPlace ? columns : columns + 3
        let out = inPlace ? input : Guarded([Float](repeating: 7, count: rows * stride), offset: offset)
        let factors = smoothing.map { Guarded($0, offset: offset + 1) }
        let target = PlacedQuantized(rows: rows, columns: columns, offset: offset)
        var norm = unsafe triage_norm(scale: scales.pointer, shift: shifts.pointer, epsilon: epsilon)
        var view = unsafe target.view
        unsafe withUnsafePointer(to: &view) { view in
            unsafe table.pointee.layer_norm(
                input.pointer,
                Int64(columns),
                Int64(rows),
                Int64(columns),
                &norm,
                out.pointer,
                Int64(stride),
                factors?.pointer,
                isQuantized ? view : nil
            )
        }
        let values = dense(out, rows: rows, columns: columns, stride: stride)
        return (values, isQuantized ? target.matrix : nil)
    }

    func attention(
        _ queryKeyValue: [Float],
        count: Int,
        heads: Int,
        headSize: Int,
        inInt8: Bool = false,
        offset: Int
    ) -> [Float] {
        let columns = heads * headSize
        let input = Guarded(queryKeyValue, offset: offset)
        let scratch = Guarded<Float>(
            count: Int(triage_attention_scratch(Int64(count), Int64(headSize))),
            offset: offset
        )
        let stride = columns + 3
        let out = Guarded([Float](repeating: 7, count: count * stride), offset: offset)
        let attention = unsafe inInt8 ? table.pointee.attention_int8 : table.pointee.attention
        unsafe attention?(
            input.pointer,
            Int64(3 * columns),
            Int64(columns),
            Int64(count),
            Int64(heads),
            Int64(headSize),
            scratch.pointer,
            out.pointer,
            Int64(stride)
        )
        #expect(scratch.isIntact)
        return dense(out, rows: count, columns: columns, stride: stride)
    }

    func mean(_ x: [Float], rows: Int, columns: Int, offset: Int) -> [Float] {
        let input = Guarded(x, offset: offset)
        let out = Guarded<Float>(count: columns, offset: offset)
        unsafe table.pointee.mean_rows(input.pointer, Int64(columns), Int64(rows), Int64(columns), out.pointer)
        #expect(out.isIntact)
        return out.values
    }

    func normalize(_ x: [Float], offset: Int) -> [Float] {
        let values = Guarded(x, offset: offset)
        unsafe table.pointee.normalize(values.pointer, Int64(x.count))
        #expect(values.isIntact)
        return values.values
    }

    /// One table of an embedding: bytes at any alignment, with a scale a row for integers.
    struct Table {
        let type: triage_table_type
        let bytes: [UInt8]
        var scales: [Float] = []
    }

    func embed(
        ids: [UInt32],
        segmentIds: [UInt8],
        columns: Int,
        words: Table,
        segments: Table?,
        positions: Table?,
        offset: Int
    ) -> [Float] {
        let tables = [words, segments, positions].map { $0.map { PlacedTable($0, offset: offset) } }
        var views = unsafe tables.map { unsafe $0?.view ?? triage_table() }
        let tokens = Guarded(ids, offset: offset)
        let kinds = Guarded(segmentIds, offset: offset)
        let stride = columns + 3
        let out = Guarded([Float](repeating: 7, count: ids.count * stride), offset: offset)
        unsafe views.withUnsafeMutableBufferPointer { views in
            guard let first = views.baseAddress else { return }
            unsafe table.pointee.embed(
                tokens.pointer,
                kinds.pointer,
                Int64(ids.count),
                Int64(columns),
                first,
                first + 1,
                first + 2,
                out.pointer,
                Int64(stride)
            )
        }
        return dense(out, rows: ids.count, columns: columns, stride: stride)
    }

    private struct PlacedTable {
        let type: triage_table_type
        let bytes: Guarded<UInt8>
        let scales: Guarded<Float>

        init(_ table: Table, offset: Int) {
            type = table.type
            bytes = Guarded(table.bytes, offset: offset)
            scales = Guarded(table.scales, offset: offset)
        }

        var view: triage_table {
            unsafe triage_table(
                type: type,
                data: UnsafeRawPointer(bytes.pointer),
                scales: scales.count > 0 ? UnsafePointer(scales.pointer) : nil
            )
        }
    }
}
