package import CPUBackend
import Parallelism

/// The weights of a fitted linear head.
package struct LinearModel: Sendable {
    package struct Shape: Sendable, Equatable {
        package let labels, size: Int
        /// 0 for a head that reads vectors alone.
        package let buckets: Int

        /// `parameters` holds `[labels][size]`, then `[buckets][labels]`, then `[labels]` biases.
        var lexicalStart: Int { labels * size }
        var biasStart: Int { lexicalStart + buckets * labels }
        var count: Int { biasStart + labels }
    }

    package let shape: Shape
    let parameters: [Float]
    /// α of the regression.
    let lexicalWeight: Float

    init(shape: Shape, parameters: [Float], lexicalWeight: Float) {
        self.shape = shape
        self.parameters = parameters
        self.lexicalWeight = lexicalWeight
    }

    /// The model of vectors that are not yet shifted, where this one is of vectors less `mean`.
    func shifted(by mean: [Float]) -> LinearModel {
        var parameters = parameters
        for label in 0..<shape.labels {
            for column in 0..<shape.size {
                parameters[shape.biasStart + label] -= parameters[label * shape.size + column] * mean[column]
            }
        }
        return LinearModel(shape: shape, parameters: parameters, lexicalWeight: lexicalWeight)
    }

    /// `[labels][size]`.
    package var vectorWeights: [Float] { Array(parameters[..<shape.lexicalStart]) }

    /// `[buckets][labels]`, to be multiplied by the weights of a text's words.
    package var bucketWeights: [Float] {
        parameters[shape.lexicalStart..<shape.biasStart].map { $0 * lexicalWeight }
    }

    package var biases: [Float] { Array(parameters[shape.biasStart...]) }

    /// `[texts][labels]`; `lexicalWeights` are those of `features.buckets`.
    package func logits(of features: TextFeatures, lexicalWeights: [Float], openBLAS: OpenBLAS) -> [Float] {
        var logits = products(features.vectors, rows: features.count, with: vectorWeights, openBLAS: openBLAS)
        let table = bucketWeights, biases = biases, labels = shape.labels
        for text in 0..<features.count {
            for label in 0..<labels { logits[text * labels + label] += biases[label] }
            guard shape.buckets > 0 else { continue }
            for entry in features.starts[text]..<features.starts[text + 1] {
                let bucket = Int(features.buckets[entry]) * labels, value = lexicalWeights[entry]
                for label in 0..<labels { logits[text * labels + label] += value * table[bucket + label] }
            }
        }
        return logits
    }
}

/// a bᵀ, `[rows][columns]`, for `rows` rows of `a` and every row of `b`, dense and of equal length.
func products(_ a: [Float], rows: Int, with b: [Float], openBLAS: OpenBLAS) -> [Float] {
    guard rows > 0, !b.isEmpty else { return [] }
    let inner = a.count / rows, columns = b.count / inner, rowsAPart = 256
    let parts = ThreadPool.shared.map(count: (rows + rowsAPart - 1) / rowsAPart) { part in
        let first = part * rowsAPart, count = min(rowsAPart, rows - first)
        return unsafe [Float](unsafeUninitializedCapacity: count * columns) { out, initialised in
            unsafe a.withUnsafeBufferPointer { a in
                unsafe b.withUnsafeBufferPointer { b in
                    guard let a = a.baseAddress, let b = b.baseAddress, let out = out.baseAddress else { return }
                    unsafe openBLAS.multiply(
                        a + first * inner,
                        byTransposed: b,
                        rows: count,
                        columns: columns,
                        inner: inner,
                        to: out
                    )
                }
            }
            initialised = count * columns
        }
    }
    return parts.flatMap(\.self)
}
