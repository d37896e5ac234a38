package import Encoder
package import ModelFormat
import Tensors

/// Finds the tensors of a network in a weight file, whatever type they are stored in, and checks each of them.
package struct WeightLoading {
    /// The suffixes of a quantised matrix: those of compressed-tensors, and the smoothing of its input.
    package static let scaleSuffix = "_scale"
    package static let packedSuffix = "_packed"
    package static let smoothingSuffix = "_smoothing"

    private let file: WeightFile
    private let located: [String: Located]

    /// Where the parts of one tensor of the network are in the file.
    private struct Located {
        let specification: TensorSpecification
        let values: TensorEntry
        var scale: TensorEntry?
        var smoothing: TensorEntry?
        var isPacked = false
    }

    /// The prefix under which `file` keeps the encoder.
    package static func prefix(in file: WeightFile, configuration: HuggingFaceConfiguration) -> String {
        let words = configuration.names(configuration.prefix).words + ".weight"
        let isPrefixed = file.entry(named: words) ?? file.entry(named: words + packedSuffix) != nil
        return isPrefixed ? configuration.prefix : ""
    }

    package init(_ specifications: [TensorSpecification], in file: WeightFile) throws(ModelError) {
        self.file = file
        var located: [String: Located] = [:]
        for specification in specifications {
            located[specification.name] = try Self.locate(specification, in: file)
        }
        self.located = located
    }

    private static func locate(
        _ specification: TensorSpecification,
        in file: WeightFile
    ) throws(ModelError) -> Located {
        let name = specification.name
        let scale = file.entry(named: name + scaleSuffix)
        if specification.kind == .table, let packed = file.entry(named: name + packedSuffix) {
            let rows = specification.shape[0]
            try check(packed, [.uint8], [rows, (specification.shape[1] + 1) / 2], in: file)
            return Located(
                specification: specification,
                values: packed,
                scale: try checkedScale(scale, name, rows, in: file),
                isPacked: true
            )
        }
        guard let values = file.entry(named: name) ?? olderName(name).flatMap(file.entry) else {
            throw ModelError(path: file.path, reason: "has no tensor \"\(name)\", which config.json implies")
        }
        let floats: [ElementType] = [.float32, .float16, .bfloat16]
        guard specification.kind != .plain, values.elementType == .int8 else {
            try check(
                values,
                specification.kind == .plain ? floats : floats + [.int8],
                specification.shape,
                in: file
            )
            return Located(specification: specification, values: values)
        }
        try check(values, [.int8], specification.shape, in: file)
        let smoothing = file.entry(named: name + smoothingSuffix)
        if let smoothing { try check(smoothing, [.float32], [specification.shape[1]], in: file) }
        return Located(
            specification: specification,
            values: values,
            scale: try checkedScale(scale, name, specification.shape[0], in: file),
            smoothing: smoothing
        )
    }

    /// What checkpoints converted from TensorFlow call the parts of a layer norm.
    private static func olderName(_ name: String) -> String? {
        if name.hasSuffix("LayerNorm.weight") { return String(name.dropLast(6)) + "gamma" }
        if name.hasSuffix("LayerNorm.bias") { return String(name.dropLast(4)) + "beta" }
        return nil
    }

    private static func check(
        _ entry: TensorEntry,
        _ types: [ElementType],
        _ shape: [Int],
        in file: WeightFile
    ) throws(ModelError) {
        guard types.contains(entry.elementType) else {
            let names = types.map(\.rawValue).joined(separator: ", ")
            throw ModelError(
                path: file.path,
                reason: "tensor \"\(entry.name)\" has type \(entry.elementType.rawValue), expected \(names)"
            )
        }
        guard entry.shape.dimensions == shape else {
            throw ModelError(
                path: file.path,
                reason: "tensor \"\(entry.name)\" has shape \(entry.shape), config.json implies \(shape)"
            )
        }
    }

    private static func checkedScale(
        _ entry: TensorEntry?,
        _ name: String,
        _ rows: Int,
        in file: WeightFile
    ) throws(ModelError) -> TensorEntry {
        guard let entry else {
            throw ModelError(
                path: file.path,
                reason: "has no tensor \"\(name + scaleSuffix)\" for the integers in \"\(name)\""
            )
        }
        try check(entry, [.float32], [rows, 1], in: file)
        return entry
    }

    /// Decodes everything, on up to `threads` threads, of which one first does `work`: the matrices of the network by
    /// name, all of their values finite.
    package func matrices(
        threads: Int,
        alongside work: @Sendable () -> Void = {}
    ) throws(ModelError) -> [String: WeightMatrix] {
        let entries = located.values.flatMap { [$0.values, $0.scale, $0.smoothing].compactMap { $0?.name } }
        let tensors: [String: Tensor]
        do throws(ModelFileError) { tensors = try file.load(entries, threads: threads, alongside: work) } catch {
            throw ModelError(path: error.path, reason: error.reason)
        }
        try checkMagnitudes(tensors)
        var matrices: [String: WeightMatrix] = [:]
        for (name, located) in located {
            guard let values = tensors[located.values.name] else { continue }
            guard let scales = located.scale.flatMap({ tensors[$0.name]?.floats() }) else {
                matrices[name] = .float(values)
                continue
            }
            let smoothing = located.smoothing.flatMap { tensors[$0.name]?.floats() }
            matrices[name] =
                located.isPacked
                ? .int4(values, columns: located.specification.shape[1], scales: scales)
                : .int8(values, scales: scales, smoothing: smoothing)
        }
        return matrices
    }

    /// What is not finite, and what overflows on the way through the network, is found here or not at all: rounding to
    /// integers, comparisons and clamps hide it, and the result would be finite and wrong.
    private func checkMagnitudes(_ tensors: [String: Tensor]) throws(ModelError) {
        // Attention scores, the highest power of a weight, stay below 1e34 with it; trained weights stay below 100.
        let limit: Float = 1_000_000
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            let largest = tensor.largestMagnitude
            guard largest.isFinite else {
                throw ModelError(path: file.path, reason: "tensor \"\(name)\" has values that are not finite")
            }
            guard largest <= limit else {
                throw ModelError(
                    path: file.path,
                    reason: "tensor \"\(name)\" has values up to \(largest), with which the network overflows"
                )
            }
        }
    }

    /// Whether any matrix is stored in integers of 8 bits.
    package var isQuantized: Bool {
        located.values.contains { $0.specification.kind == .linear && $0.values.elementType == .int8 }
    }
}
