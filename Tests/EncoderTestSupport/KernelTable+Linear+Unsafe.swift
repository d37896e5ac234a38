import CKernels
import Testing

/// Rows as `quantize_rows` writes them.
struct QuantizedMatrix: Equatable {
    var values: [UInt8]
    var stride: Int
    var scales: [Float]
    var zeros: [Int32]

    init(values: [UInt8], stride: Int, scales: [Float], zeros: [Int32]) {
        self.values = values
        self.stride = stride
        self.scales = scales
        self.zeros = zeros
    }

    static func == (left: Self, right: Self) -> Bool {
        left.values == right.values && bits(left.scales) == bits(right.scales) && left.zeros == right.zeros
    }
}

/// A layer of 8-bit weights as it is before packing.
struct Int8Layer {
    let inputs, outputs: Int
    let rows: [Int8]
    let scales, bias: [Float]
}

/// Where a kernel writes quantised rows. Bytes after the last column are 0 at first and may be anything afterwards.
@safe
struct PlacedQuantized {
    private let columns, stride: Int
    private let values: Guarded<UInt8>
    private let rows: Guarded<triage_row_quantization>

    init(rows: Int, columns: Int, offset: Int) {
        self.columns = columns
        stride = (columns + 3) / 4 * 4 + 4
        values = Guarded([UInt8](repeating: 0, count: rows * stride), offset: offset)
        self.rows = Guarded(count: rows, offset: offset)
    }

    init(_ matrix: QuantizedMatrix, offset: Int) {
        columns = matrix.stride
        stride = matrix.stride
        values = Guarded(matrix.values, offset: offset)
        let pairs = zip(matrix.scales, matrix.zeros).map { triage_row_quantization(scale: $0, zero: $1) }
        rows = Guarded(pairs, offset: offset)
    }

    var view: triage_quantized {
        unsafe triage_quantized(values: values.pointer, stride: Int64(stride), rows: rows.pointer)
    }

    var matrix: QuantizedMatrix {
        #expect(values.isIntact && rows.isIntact)
        var bytes = values.values
        for row in 0..<rows.count {
            for column in columns..<stride { bytes[row * stride + column] = 0 }
        }
        let pairs = rows.values
        return QuantizedMatrix(values: bytes, stride: stride, scales: pairs.map(\.scale), zeros: pairs.map(\.zero))
    }
}

extension KernelTable {
    func quantize(
        _ x: [Float],
        rows: Int,
        columns: Int,
        stride: Int,
        activation: triage_activation = TRIAGE_ACTIVATION_NONE,
        smoothing: [Float]?,
        offset: Int
    ) -> QuantizedMatrix {
        let input = Guarded(x, offset: offset)
        let factors = smoothing.map { Guarded($0, offset: offset + 1) }
        let target = PlacedQuantized(rows: rows, columns: columns, offset: offset)
        var view = unsafe target.view
        unsafe table.pointee.quantize_rows(
            input.pointer,
            Int64(stride),
            Int64(rows),
            Int64(columns),
            activation,
            factors?.pointer,
            &view
        )
        #expect(input.isIntact)
        return target.matrix
    }

    func linear(
        _ q: QuantizedMatrix,
        rows: Int,
        layer: Int8Layer,
        residual: [Float]?,
        offset: Int
    ) -> [Float] {
        let padded = (layer.outputs + 47) / 48 * 48
        let packed = PackedWeights(layer, offset: offset)
        let scales = Guarded(layer.scales + [Float](repeating: 0, count: padded - layer.outputs), offset: offset)
        let bias = Guarded(layer.bias + [Float](repeating: 0, count: padded - layer.outputs), offset: offset)
        let input = PlacedQuantized(q, offset: offset)
        var view = unsafe input.view
        let stride = layer.outputs + 3
        let other = residual.map { Guarded($0, offset: offset) }
        let out = Guarded([Float](repeating: 7, count: rows * stride), offset: offset)
        var weights = unsafe triage_linear_int8(
            packed: packed.weights.pointer,
            scales: scales.pointer,
            column_sums: packed.columnSums.pointer,
            bias: bias.pointer,
            inputs: Int64(layer.inputs),
            outputs: Int64(layer.outputs)
        )
        unsafe table.pointee.linear_int8(
            &view,
            Int64(rows),
            &weights,
            other?.pointer,
            Int64(layer.outputs),
            out.pointer,
            Int64(stride)
        )
        return dense(out, rows: rows, columns: layer.outputs, stride: stride)
    }

    func linear(
        _ x: [Float],
        rows: Int,
        weights: [Float],
        bias: [Float],
        inputs: Int,
        activation: triage_activation,
        offset: Int
    ) -> [Float] {
        let input = Guarded(x, offset: offset)
        let matrix = Guarded(weights, offset: offset)
        let shift = Guarded(bias, offset: offset)
        let stride = bias.count + 3
        let out = Guarded([Float](repeating: 7, count: rows * stride), offset: offset)
        unsafe table.pointee.linear_f32(
            input.pointer,
            Int64(inputs),
            Int64(rows),
            matrix.pointer,
            shift.pointer,
            Int64(inputs),
            Int64(bias.count),
            activation,
            out.pointer,
            Int64(stride)
        )
        return dense(out, rows: rows, columns: bias.count, stride: stride)
    }

    /// The rows without what lies between them, which must still be 7.
    func dense(_ out: Guarded<Float>, rows: Int, columns: Int, stride: Int) -> [Float] {
        let values = out.values
        #expect(out.isIntact)
        guard columns < stride else { return values }
        var result: [Float] = []
        for row in 0..<rows {
            result += values[row * stride..<row * stride + columns]
            #expect(values[row * stride + columns..<(row + 1) * stride].allSatisfy { $0 == 7 })
        }
        return result
    }
}

/// Weights in the layout of the kernels, packed in two parts as a layer that joins several is.
private struct PackedWeights {
    let weights: Guarded<Int8>
    let columnSums: Guarded<Int32>

    init(_ layer: Int8Layer, offset: Int) {
        let size = Int(triage_packed_size(Int64(layer.inputs), Int64(layer.outputs)))
        weights = Guarded([Int8](repeating: 0, count: size), offset: offset)
        columnSums = Guarded([Int32](repeating: 0, count: (layer.outputs + 47) / 48 * 48), offset: offset)
        let middle = layer.outputs / 2
        unsafe layer.rows.withUnsafeBufferPointer { rows in
            guard let first = rows.baseAddress else { return }
            for (start, count) in [(0, middle), (middle, layer.outputs - middle)] {
                unsafe triage_pack_int8(
                    first + start * layer.inputs,
                    Int64(layer.inputs),
                    Int64(start),
                    Int64(count),
                    weights.pointer,
                    columnSums.pointer
                )
            }
        }
        #expect(weights.isIntact && columnSums.isIntact)
    }
}
