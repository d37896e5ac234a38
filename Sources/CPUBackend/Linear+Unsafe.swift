internal import CKernels
import Encoder
import Tensors

/// y = x Wᵀ + b in 8-bit integers: the weights packed for the kernels, outputs padded to whole panels.
@safe
final class Int8Linear: Sendable {
    let inputs, outputs: Int
    let packed: AlignedBuffer<Int8>
    let scales, bias: AlignedBuffer<Float>
    let columnSums: AlignedBuffer<Int32>
    /// Factors for the input, one a column.
    let smoothing: AlignedBuffer<Float>?

    var panelCount: Int { columnSums.count / Int(TRIAGE_PANEL) }

    /// Bytes of one panel.
    var panelSize: Int { packed.count / panelCount }

    /// The outputs that panels hold.
    func columns(of panels: Range<Int>) -> Range<Int> {
        panels.lowerBound * Int(TRIAGE_PANEL)..<min(panels.upperBound * Int(TRIAGE_PANEL), outputs)
    }

    static func packedByteCount(inputs: Int, outputs: Int) -> Int {
        Int(triage_packed_size(Int64(inputs), Int64(outputs)))
    }

    /// Packs layers that read the same input side by side, as one, into `space`. Floating-point weights are quantised.
    init(_ layers: [LinearWeights], in space: PackingSpace) throws(EncoderError) {
        let inputs = layers[0].weight.columnCount
        let outputs = layers.reduce(0) { $0 + $1.weight.rowCount }
        guard inputs <= Int(TRIAGE_MAXIMUM_INNER) else {
            throw .invalidWeights("a layer reads \(inputs) inputs, the integer kernels \(TRIAGE_MAXIMUM_INNER)")
        }
        let padded = (outputs + Int(TRIAGE_PANEL) - 1) / Int(TRIAGE_PANEL) * Int(TRIAGE_PANEL)
        let packed = space.take(Self.packedByteCount(inputs: inputs, outputs: outputs))
        let columnSums = AlignedBuffer<Int32>(count: padded)
        bias = AlignedBuffer(layers.flatMap(\.bias), paddedTo: padded)
        let smoothing = layers[0].smoothing
        guard layers.allSatisfy({ $0.smoothing == smoothing }) else {
            throw .invalidWeights("query, key and value smooth their common input differently")
        }
        self.smoothing = smoothing.map { AlignedBuffer($0) }
        self.inputs = inputs
        self.outputs = outputs
        var scales: [Float] = []
        for layer in layers {
            let first = scales.count
            scales += unsafe layer.withQuantizedRows { rows, scales in
                unsafe triage_pack_int8(
                    rows,
                    Int64(inputs),
                    Int64(first),
                    Int64(scales.count),
                    packed.pointer,
                    columnSums.pointer
                )
                return scales
            }
        }
        self.scales = AlignedBuffer(scales, paddedTo: padded)
        self.packed = packed
        self.columnSums = columnSums
    }
}

extension LinearWeights {
    fileprivate var smoothing: [Float]? {
        if case .int8(_, _, let smoothing) = weight { smoothing } else { nil }
    }

    /// The weights as 8-bit integers `[outputs][inputs]` with their scales; other types are quantised.
    fileprivate func withQuantizedRows(_ body: (UnsafePointer<Int8>, [Float]) -> [Float]) -> [Float] {
        if case .int8(let tensor, let scales, _) = weight {
            return unsafe tensor.withUnsafeBytes { bytes in
                guard let base = unsafe bytes.assumingMemoryBound(to: Int8.self).baseAddress else { return scales }
                return unsafe body(base, scales)
            }
        }
        let quantized = QuantizedRows(weight.floats(), columns: weight.columnCount, limit: 127)
        return unsafe quantized.values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return quantized.scales }
            return unsafe body(base, quantized.scales)
        }
    }
}

/// y = x Wᵀ + b in 32-bit floating point, the weights dense and row-major.
final class Float32Linear: Sendable {
    let inputs, outputs: Int
    let weights, bias: AlignedBuffer<Float>
    /// Zeros, for a product whose bias is added later.
    let noBias: AlignedBuffer<Float>

    init(_ layers: [LinearWeights]) {
        inputs = layers[0].weight.columnCount
        outputs = layers.reduce(0) { $0 + $1.weight.rowCount }
        weights = AlignedBuffer(layers.flatMap { $0.weight.floats() })
        bias = AlignedBuffer(layers.flatMap(\.bias))
        noBias = AlignedBuffer(count: outputs)
    }
}
