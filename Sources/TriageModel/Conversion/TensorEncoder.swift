import Encoder
import Tensors

/// Encodes the tensors of a network in the types of a `WeightStorage`, named as compressed-tensors names them.
struct TensorEncoder {
    let storage: WeightStorage
    /// By the name of a linear layer's weight: factors for its input (see `Smoothing`).
    let smoothing: [String: [Float]]
    /// The name of the word table; the other tables are small and stay in floating point.
    let wordTable: String

    enum Failure: Error {
        /// A value does not fit the type.
        case outOfRange(name: String, type: ElementType)
        /// A value is infinite or not a number.
        case notFinite(name: String)
    }

    /// The tensors that store `values`, by name.
    func encode(
        _ specification: TensorSpecification,
        _ values: [Float]
    ) throws -> [(name: String, tensor: Tensor)] {
        let name = specification.name
        guard values.allSatisfy(\.isFinite) else { throw Failure.notFinite(name: name) }
        let shape = try TensorShape(specification.shape)
        switch (storage, specification.kind) {
        case (.float32, _): return [(name, Tensor(values, shape: shape))]
        case (.float16, _): return [(name, try half(values, shape, name))]
        case (.bfloat16, _): return [(name, bfloat16(values, shape))]
        case (_, .linear): return try int8(name, values, columns: specification.shape[1], smoothing: smoothing[name])
        case (.int8, .table) where name == wordTable:
            return try int8(name, values, columns: specification.shape[1], smoothing: nil)
        case (.int4Embeddings, .table) where name == wordTable:
            return try int4(name, values, columns: specification.shape[1])
        case (_, .table): return [(name, try half(values, shape, name))]
        case (_, .plain): return [(name, Tensor(values, shape: shape))]
        }
    }

    private func half(_ values: [Float], _ shape: TensorShape, _ name: String) throws -> Tensor {
        let halves = values.map { Float16($0) }
        guard halves.allSatisfy(\.isFinite) else { throw Failure.outOfRange(name: name, type: .float16) }
        return Tensor(littleEndian: halves.map(\.bitPattern), elementType: .float16, shape: shape)
    }

    /// Rounds to nearest, ties to even. Weights that are loaded at all are far from the greatest value.
    private func bfloat16(_ values: [Float], _ shape: TensorShape) -> Tensor {
        let halves = values.map { value in
            let bits = value.bitPattern
            return UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
        }
        return Tensor(littleEndian: halves, elementType: .bfloat16, shape: shape)
    }

    private func int8(
        _ name: String,
        _ values: [Float],
        columns: Int,
        smoothing: [Float]?
    ) throws -> [(name: String, tensor: Tensor)] {
        var values = values
        if let smoothing {
            for index in values.indices { values[index] /= smoothing[index % columns] }
        }
        let rows = QuantizedRows(values, columns: columns, limit: 127)
        let bytes = rows.values.map { UInt8(bitPattern: $0) }
        var tensors = [
            (
                name,
                Tensor(littleEndian: bytes, elementType: .int8, shape: try TensorShape([rows.scales.count, columns]))
            ),
            (name + WeightLoading.scaleSuffix, Tensor(rows.scales, shape: try TensorShape([rows.scales.count, 1]))),
        ]
        if let smoothing {
            tensors.append((name + WeightLoading.smoothingSuffix, Tensor(smoothing, shape: try TensorShape([columns]))))
        }
        return tensors
    }

    private func int4(_ name: String, _ values: [Float], columns: Int) throws -> [(name: String, tensor: Tensor)] {
        let rows = QuantizedRows(values, columns: columns, limit: 7)
        let shape = try TensorShape([rows.scales.count, (columns + 1) / 2])
        return [
            (
                name + WeightLoading.packedSuffix,
                Tensor(littleEndian: rows.packedNibbles(columns: columns), elementType: .uint8, shape: shape)
            ),
            (name + WeightLoading.scaleSuffix, Tensor(rows.scales, shape: try TensorShape([rows.scales.count, 1]))),
        ]
    }
}
