import ModelFormat
import Tensors

/// Reads tensors of a head's weight file, all of them checked.
struct HeadTensors {
    let file: WeightFile

    init(_ file: WeightFile) { self.file = file }

    /// The rows of a matrix whose number the file decides; 1 where it is not there, which `tensor` then says.
    func rows(of name: String) -> Int { max(1, file.entry(named: name)?.shape.dimensions.first ?? 1) }

    func tensor(_ name: String, _ types: [ElementType], _ shape: [Int]) throws(ModelError) -> Tensor {
        guard let entry = file.entry(named: name) else {
            throw ModelError(path: file.path, reason: "has no tensor \"\(name)\", which triage.json implies")
        }
        guard types.contains(entry.elementType), entry.shape.dimensions == shape else {
            throw ModelError(
                path: file.path,
                reason: "tensor \"\(name)\" is \(entry.elementType.rawValue) \(entry.shape), expected "
                    + types.map(\.rawValue).joined(separator: " or ") + " \(shape)"
            )
        }
        let tensors: [String: Tensor]
        do throws(ModelFileError) { tensors = try file.load([name], threads: 1) } catch {
            throw ModelError(path: error.path, reason: error.reason)
        }
        guard let tensor = tensors[name], tensor.largestMagnitude <= 1_000_000 else {
            throw ModelError(
                path: file.path,
                reason: "tensor \"\(name)\" has values that are not finite or beyond a million"
            )
        }
        return tensor
    }
}
