import Encoder
import Tensors

/// y = x Wᵀ + b in 8-bit integers. The weights are `[outputs / 64][inputs / 16][64][16]`, so that neighbouring threads
/// read neighbouring outputs, 16 bytes each; both dimensions, and what goes with the outputs, are padded with zeros.
struct Int8Linear: Sendable {
    static let panel = 64
    static let group = 16

    let inputs, outputs: Int
    let weights, scales, columnSums, bias: Region
    /// Factors for the input, one a column.
    let smoothing: Region?

    /// Lays layers that read the same input side by side, as one. Floating-point weights are quantised.
    init(_ layers: [LinearWeights], in layout: inout ArenaLayout) throws(EncoderError) {
        let inputs = layers[0].weight.columnCount
        let outputs = layers.reduce(0) { $0 + $1.weight.rowCount }
        // Twice 255 · 127 · inputs fits 32 bits.
        guard inputs <= 32768 else {
            throw .invalidWeights("a layer reads \(inputs) inputs, the integer shaders 32768")
        }
        let smoothing = layers[0].smoothing
        guard layers.allSatisfy({ $0.smoothing == smoothing }) else {
            throw .invalidWeights("query, key and value smooth their common input differently")
        }
        let rows = layers.map { ($0.weight.scaledBytes, $0.weight.rowCount) }
        let padded = (outputs + Self.panel - 1) / Self.panel * Self.panel
        func pad<Value>(_ values: [Value], _ zero: Value) -> [Value] {
            values + [Value](repeating: zero, count: padded - values.count)
        }
        self.inputs = inputs
        self.outputs = outputs
        weights = layout.add(words: padded * ((inputs + Self.group - 1) / Self.group) * 4) {
            Self.pack(rows.flatMap(\.0.values), inputs: inputs, outputs: outputs)
        }
        scales = layout.add(pad(rows.flatMap(\.0.scales), 0))
        columnSums = layout.add(words: padded) {
            let values = rows.flatMap(\.0.values)
            let sums = (0..<outputs).map { row in
                values[row * inputs..<(row + 1) * inputs].reduce(Int32(0)) { $0 + Int32($1) }
            }
            return pad(sums.map { UInt32(bitPattern: $0) }, 0)
        }
        bias = layout.add(pad(layers.flatMap(\.bias), 0))
        self.smoothing = smoothing.map { layout.add($0) }
    }

    /// `values` is `[outputs][inputs]`.
    static func pack(_ values: [Int8], inputs: Int, outputs: Int) -> [UInt32] {
        let groups = (inputs + group - 1) / group
        let panels = (outputs + panel - 1) / panel
        var words = [UInt32](repeating: 0, count: panels * groups * panel * group / 4)
        for output in 0..<outputs {
            let start = (output / panel * groups * panel + output % panel) * group / 4
            for input in 0..<inputs {
                let word = start + input / group * panel * group / 4 + input % group / 4
                words[word] |= UInt32(UInt8(bitPattern: values[output * inputs + input])) << UInt32(input % 4 * 8)
            }
        }
        return words
    }
}

/// y = x Wᵀ + b in 32-bit floating point, the weights row-major.
struct Float32Linear: Sendable {
    let inputs, outputs: Int
    let weights, bias: Region

    init(_ layers: [LinearWeights], in layout: inout ArenaLayout) {
        let inputs = layers[0].weight.columnCount
        let outputs = layers.reduce(0) { $0 + $1.weight.rowCount }
        self.inputs = inputs
        self.outputs = outputs
        weights = layout.add(words: inputs * outputs) { layers.flatMap { $0.weight.floats() }.map(\.bitPattern) }
        bias = layout.add(layers.flatMap(\.bias))
    }
}

extension Table {
    /// Types that are not known to the shaders become wider ones of the same values.
    init(_ matrix: WeightMatrix, in layout: inout ArenaLayout) throws(EncoderError) {
        let rows = matrix.rowCount, columns = matrix.columnCount
        guard rows * (columns + 3) <= VulkanBackend.elementLimit else {
            throw .unavailable("an embedding table of \(rows) x \(columns) is more than the shaders address")
        }
        switch matrix {
        case .float:
            let values = layout.add(words: rows * columns) { matrix.floats().map(\.bitPattern) }
            self.init(kind: .float32, values: values, scales: values)
        case .int8(_, let scales, _), .int4(_, _, let scales):
            let values = layout.add(words: rows * ((columns + 3) / 4)) {
                Self.pack(matrix.bytes, columns: columns)
            }
            self.init(kind: .int8, values: values, scales: layout.add(scales))
        }
    }

    /// Rows padded to whole words.
    private static func pack(_ values: [Int8], columns: Int) -> [UInt32] {
        let wordsPerRow = (columns + 3) / 4
        var words = [UInt32](repeating: 0, count: values.count / max(1, columns) * wordsPerRow)
        for (index, value) in values.enumerated() {
            let column = index % columns
            words[index / columns * wordsPerRow + column / 4] |=
                UInt32(UInt8(bitPattern: value)) << UInt32(column % 4 * 8)
        }
        return words
    }
}

extension LinearWeights {
    fileprivate var smoothing: [Float]? {
        if case .int8(_, _, let smoothing) = weight { smoothing } else { nil }
    }
}

extension WeightMatrix {
    /// The integers that are stored, row-major; none for floating point.
    fileprivate var bytes: [Int8] {
        switch self {
        case .float: []
        case .int8(let tensor, _, _): tensor.int8s()
        case .int4(let tensor, let columns, _):
            tensor.int8s().withNibbles(rows: tensor.rowCount, columns: columns)
        }
    }

    /// As 8-bit integers within ±127, with a scale for each row; other types are quantised.
    fileprivate var scaledBytes: (values: [Int8], scales: [Float]) {
        if case .int8(let tensor, let scales, _) = self {
            return (tensor.int8s().map { max(-127, $0) }, scales)
        }
        let rows = QuantizedRows(floats(), columns: columnCount, limit: 127)
        return (rows.values, rows.scales)
    }
}

extension [Int8] {
    /// Two values of 4 bits a byte, low half first, stored plus 8; each row starts on a byte.
    fileprivate func withNibbles(rows: Int, columns: Int) -> [Int8] {
        let bytesPerRow = (columns + 1) / 2
        return (0..<rows).flatMap { row in
            (0..<columns).map { column in
                let byte = UInt8(bitPattern: self[row * bytesPerRow + column / 2])
                return Int8(column % 2 == 0 ? byte & 15 : byte >> 4) - 8
            }
        }
    }
}
