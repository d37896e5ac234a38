package import CPUBackend
import Parallelism
import TriageModel

/// Multinomial logistic regression over vectors and words: logits = W x + α Vᵀ v + b for a text's vector x and the weights
/// v of its words. Minimises the mean cross-entropy plus penalty / (2 n) times the squares of W and V.
package struct LogisticRegression: Sendable {
    /// How strongly weights are held to zero.
    package var penalty: Double
    /// α: what the words count beside the vector; 0 leaves them out.
    package var lexicalWeight: Float
    package var maximumIterations = 50

    package init(penalty: Double, lexicalWeight: Float, maximumIterations: Int = 50) {
        self.penalty = penalty
        self.lexicalWeight = lexicalWeight
        self.maximumIterations = maximumIterations
    }

    /// Texts with the labels they should get.
    package struct Problem: Sendable {
        package let features: TextFeatures
        /// Of each entry of `features.buckets`.
        package let lexicalWeights: [Float]
        /// The number of each text's label.
        package let labels: [Int]
        package let labelCount: Int
        /// What each text counts.
        package let textWeights: [Float]

        package init(
            features: TextFeatures,
            lexicalWeights: [Float],
            labels: [Int],
            labelCount: Int,
            textWeights: [Float]
        ) {
            precondition(labels.count == features.count && textWeights.count == features.count)
            precondition(lexicalWeights.count == features.buckets.count)
            self.features = features
            self.lexicalWeights = lexicalWeights
            self.labels = labels
            self.labelCount = labelCount
            self.textWeights = textWeights
        }
    }

    /// Fits to `problem`. `progress` is called before each step and ends the fit by throwing.
    package func fit(
        _ problem: Problem,
        openBLAS: OpenBLAS,
        progress: () throws -> Void
    ) throws -> LinearModel {
        let shape = LinearModel.Shape(
            labels: problem.labelCount,
            size: problem.features.size,
            buckets: lexicalWeight > 0 ? problem.features.lexical.bucketCount : 0
        )
        // Vectors lie around a mean far from zero: left in, it would couple every weight with the biases, and the search would
        // take several times the steps.
        let (centred, mean) = problem.features.centred()
        let problem = Problem(
            features: centred,
            lexicalWeights: problem.lexicalWeights,
            labels: problem.labels,
            labelCount: problem.labelCount,
            textWeights: problem.textWeights
        )
        let objective = Objective(problem: problem, shape: shape, regression: self, openBLAS: openBLAS)
        var optimiser = LBFGS()
        optimiser.maximumIterations = maximumIterations
        let parameters = try optimiser.minimise(
            from: [Float](repeating: 0, count: shape.count),
            progress: progress
        ) { place, gradient in objective.evaluate(place, &gradient) }
        return LinearModel(shape: shape, parameters: parameters, lexicalWeight: lexicalWeight).shifted(by: mean)
    }
}

/// The value and gradient of the objective. Rows are shared among threads for the logits, labels for the gradient, always in
/// the same portions, so that the result does not depend on how many threads there are.
@safe
struct Objective: Sendable {
    let problem: LogisticRegression.Problem
    let shape: LinearModel.Shape
    let regression: LogisticRegression
    let openBLAS: OpenBLAS

    private static let rowsAPart = 512
    private static let labelsAPart = 24

    func evaluate(_ place: [Float], _ gradient: inout [Float]) -> Double {
        let rows = problem.features.count, labels = shape.labels
        let total = problem.textWeights.reduce(0.0) { $0 + Double($1) }
        // Logits first, then what the gradient takes of each: probability less target, weighted.
        var residuals = [Float](repeating: 0, count: rows * labels)
        let parts = (rows + Self.rowsAPart - 1) / Self.rowsAPart
        let loss = unsafe residuals.withUnsafeMutableBufferPointer { residuals in
            let shared = unsafe Shared(residuals)
            return ThreadPool.shared.map(count: parts) { part in
                let range = part * Self.rowsAPart..<min(rows, (part + 1) * Self.rowsAPart)
                return unsafe crossEntropy(of: range, place, total: total, to: shared)
            }.reduce(0, +)
        }
        let finished = residuals
        let labelParts = (labels + Self.labelsAPart - 1) / Self.labelsAPart
        unsafe gradient.withUnsafeMutableBufferPointer { gradient in
            let shared = unsafe Shared(gradient)
            ThreadPool.shared.run(count: labelParts) { part in
                let range = part * Self.labelsAPart..<min(labels, (part + 1) * Self.labelsAPart)
                unsafe finished.withUnsafeBufferPointer { residuals in
                    unsafe writeGradient(of: range, residuals, to: shared)
                }
            }
        }
        // Of the weights, not of the biases.
        var weights = place
        for index in shape.biasStart..<shape.count { weights[index] = 0 }
        add(&gradient, Float(regression.penalty / total), weights)
        let squares = dot(weights, weights)
        return loss + regression.penalty / total / 2 * squares
    }

    private func crossEntropy(of range: Range<Int>, _ place: [Float], total: Double, to residuals: Shared) -> Double {
        let labels = shape.labels, size = shape.size
        let out = unsafe residuals.start + range.lowerBound * labels
        return unsafe place.withUnsafeBufferPointer { place in
            unsafe problem.features.vectors.withUnsafeBufferPointer { vectors in
                guard let place = place.baseAddress, let vectors = vectors.baseAddress else { return 0 }
                unsafe openBLAS.multiply(
                    vectors + range.lowerBound * size,
                    byTransposed: place,
                    rows: range.count,
                    columns: labels,
                    inner: size,
                    to: out
                )
                let bias = unsafe place + shape.biasStart
                var sum = 0.0
                for row in range {
                    let logits = unsafe out + (row - range.lowerBound) * labels
                    for label in 0..<labels { unsafe logits[label] += bias[label] }
                    unsafe addWords(of: row, place + shape.lexicalStart, to: logits)
                    sum += unsafe turnIntoResiduals(logits, row: row, total: total)
                }
                return sum
            }
        }
    }

    private func addWords(of row: Int, _ table: UnsafePointer<Float>, to logits: UnsafeMutablePointer<Float>) {
        guard shape.buckets > 0 else { return }
        let features = problem.features
        for entry in features.starts[row]..<features.starts[row + 1] {
            let value = regression.lexicalWeight * problem.lexicalWeights[entry]
            guard value != 0 else { continue }
            let weights = unsafe table + Int(features.buckets[entry]) * shape.labels
            for label in 0..<shape.labels { unsafe logits[label] += value * weights[label] }
        }
    }

    /// Returns the row's part of the loss.
    private func turnIntoResiduals(_ logits: UnsafeMutablePointer<Float>, row: Int, total: Double) -> Double {
        let labels = shape.labels, target = problem.labels[row]
        var greatest = unsafe logits[0]
        for label in 1..<max(1, labels) { greatest = unsafe max(greatest, logits[label]) }
        let lead = unsafe logits[target] - greatest
        var sum: Float = 0
        for label in 0..<labels {
            let power = unsafe fastExponential(logits[label] - greatest)
            unsafe logits[label] = power
            sum += power
        }
        let share = Float(Double(problem.textWeights[row]) / total)
        for label in 0..<labels { unsafe logits[label] *= share / sum }
        unsafe logits[target] -= share
        return Double(share) * Double(naturalLogarithm(sum) - lead)
    }

    private func writeGradient(of range: Range<Int>, _ residuals: UnsafeBufferPointer<Float>, to gradient: Shared) {
        let rows = problem.features.count, labels = shape.labels, size = shape.size
        guard let start = residuals.baseAddress else { return }
        let residuals = unsafe start + range.lowerBound
        unsafe problem.features.vectors.withUnsafeBufferPointer { vectors in
            guard let vectors = vectors.baseAddress else { return }
            unsafe openBLAS.multiply(
                transposed: residuals,
                stride: labels,
                by: vectors,
                rows: range.count,
                columns: size,
                inner: rows,
                to: gradient.start + range.lowerBound * size
            )
        }
        let bias = unsafe gradient.start + shape.biasStart + range.lowerBound
        for label in 0..<range.count { unsafe bias[label] = 0 }
        for row in 0..<rows {
            for label in 0..<range.count { unsafe bias[label] += residuals[row * labels + label] }
        }
        guard shape.buckets > 0 else { return }
        let table = unsafe gradient.start + shape.lexicalStart + range.lowerBound
        for bucket in 0..<shape.buckets {
            for label in 0..<range.count { unsafe table[bucket * labels + label] = 0 }
        }
        let features = problem.features
        for row in 0..<rows {
            let residual = unsafe residuals + row * labels
            for entry in features.starts[row]..<features.starts[row + 1] {
                let value = regression.lexicalWeight * problem.lexicalWeights[entry]
                guard value != 0 else { continue }
                let weights = unsafe table + Int(features.buckets[entry]) * labels
                for label in 0..<range.count { unsafe weights[label] += value * residual[label] }
            }
        }
    }
}

/// Memory of which every part writes places of its own.
@unsafe
private struct Shared: @unchecked Sendable {
    let start: UnsafeMutablePointer<Float>

    init(_ buffer: UnsafeMutableBufferPointer<Float>) {
        guard let base = buffer.baseAddress else { preconditionFailure("there is at least one label and one value") }
        unsafe start = base
    }
}
