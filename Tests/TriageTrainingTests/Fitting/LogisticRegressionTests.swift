import CPUBackend
import Parallelism
import Testing

@testable import TriageTraining

@Suite struct LogisticRegressionTests {
    private let openBLAS: OpenBLAS

    init() throws { openBLAS = try OpenBLAS.load() }

    /// The quadratic with the curvatures 1, 2 … 20 and its minimum at 1, -2, 3, …, and Rosenbrock's valley.
    @Test func theOptimiserFindsMinima() {
        var optimiser = LBFGS()
        optimiser.tolerance = 1e-12
        let target: [Float] = (0..<20).map { index in Float(index + 1) * (index % 2 == 0 ? 1 : -1) }
        let quadratic = optimiser.minimise(from: [Float](repeating: 0, count: 20), progress: {}) { place, gradient in
            var value = 0.0
            for index in place.indices {
                let distance = place[index] - target[index], curvature = Float(index + 1)
                gradient[index] = curvature * distance
                value += Double(curvature * distance * distance) / 2
            }
            return value
        }
        #expect(zip(quadratic, target).allSatisfy { abs($0 - $1) < 1e-3 }, "\(quadratic)")
        let valley = optimiser.minimise(from: [-1.2, 1], progress: {}) { place, gradient in
            let (x, y) = (Double(place[0]), Double(place[1]))
            gradient = [Float(-400 * x * (y - x * x) - 2 * (1 - x)), Float(200 * (y - x * x))]
            return 100 * (y - x * x) * (y - x * x) + (1 - x) * (1 - x)
        }
        #expect(valley.allSatisfy { abs($0 - 1) < 1e-3 }, "\(valley)")
    }

    @Test func theOptimiserStopsWhereThereIsNothingToGain() {
        var evaluations = 0
        let place = LBFGS().minimise(from: [3], progress: {}) { _, gradient in
            gradient = [0]
            evaluations += 1
            return 7
        }
        #expect(place == [3] && evaluations == 1)
        struct Stop: Error {}
        #expect(throws: Stop.self) { _ = try LBFGS().minimise(from: [3], progress: { throw Stop() }) { _, _ in 1 } }
    }

    @Test(arguments: [Float(0), 0.7]) func gradientIsThatOfTheValue(lexicalWeight: Float) {
        let problem = regressionProblem(40)
        let shape = LinearModel.Shape(labels: 3, size: 5, buckets: lexicalWeight > 0 ? 16 : 0)
        let objective = Objective(
            problem: problem,
            shape: shape,
            regression: LogisticRegression(penalty: 0.3, lexicalWeight: lexicalWeight),
            openBLAS: openBLAS
        )
        var numbers = LinearCongruential(seed: 7)
        let place = (0..<shape.count).map { _ in 2 * numbers.next() - 1 }
        var gradient = [Float](repeating: .nan, count: shape.count), scratch = gradient
        _ = objective.evaluate(place, &gradient)
        for index in place.indices {
            let step: Float = 1e-2
            var (below, above) = (place, place)
            below[index] -= step
            above[index] += step
            let slope = (objective.evaluate(above, &scratch) - objective.evaluate(below, &scratch)) / Double(2 * step)
            #expect(abs(slope - Double(gradient[index])) < 3e-5, "\(index): \(slope) \(gradient[index])")
        }
    }

    /// Of scikit-learn 1.7's `LogisticRegression(C=1/penalty, tol=1e-13)` on the same texts, words as further columns times
    /// their weight: the least value, and the probabilities of texts 0 and 17.
    @Test(arguments: [
        (0.05, Float(0), 0.5729168224, [0.7171959, 0.05346693, 0.22933718], [0.22299575, 0.01466159, 0.76234266]),
        (0.05, 1, 0.3191850442, [0.90674556, 0.01438212, 0.07887232], [0.04565207, 0.0034622, 0.95088573]),
        (0.5, 0.5, 0.6775258115, [0.60439092, 0.11554464, 0.28006444], [0.2197996, 0.06205776, 0.71814264]),
    ])
    func agreesWithScikitLearn(
        penalty: Double,
        lexicalWeight: Float,
        value: Double,
        first: [Double],
        later: [Double]
    ) throws {
        let problem = regressionProblem(60)
        let regression = LogisticRegression(penalty: penalty, lexicalWeight: lexicalWeight, maximumIterations: 300)
        let model = try regression.fit(problem, openBLAS: openBLAS) {}
        let objective = Objective(problem: problem, shape: model.shape, regression: regression, openBLAS: openBLAS)
        var gradient = [Float](repeating: 0, count: model.shape.count)
        let found = objective.evaluate(model.parameters, &gradient)
        #expect(found > value * (1 - 1e-5) && found < value * 1.0005, "\(found), expected \(value)")
        let logits = model.logits(of: problem.features, lexicalWeights: problem.lexicalWeights, openBLAS: openBLAS)
        let all = probabilities(logits, labelCount: 3)
        for (expected, text) in [(first, 0), (later, 17)] {
            #expect(zip(all[text], expected).allSatisfy { abs($0 - $1) < 0.01 }, "\(all[text]), expected \(expected)")
        }
    }

    /// Vectors that lie around another mean get the same probabilities: the biases make up for it.
    @Test func aMeanIsMadeUpFor() throws {
        let near = regressionProblem(90)
        var moved = TextFeatures(size: 5, lexical: near.features.lexical)
        var numbers = LinearCongruential(seed: 1)
        // The same numbers as in `fittingFeatures`, moved.
        for text in 0..<90 {
            var vector = (0..<5).map { _ in numbers.next() - 0.5 + 3 }
            vector[text % 3] += 0.4
            let words = 1 + Int(numbers.next() * 4)
            moved.append(vector, ids: (0..<words).map { _ in UInt32(numbers.next() * 1000) })
        }
        let far = LogisticRegression.Problem(
            features: moved,
            lexicalWeights: near.lexicalWeights,
            labels: near.labels,
            labelCount: 3,
            textWeights: near.textWeights
        )
        let regression = LogisticRegression(penalty: 0.1, lexicalWeight: 1)
        let openBLAS = openBLAS
        func logits(_ problem: LogisticRegression.Problem) throws -> [Float] {
            try regression.fit(problem, openBLAS: openBLAS) {}
                .logits(of: problem.features, lexicalWeights: problem.lexicalWeights, openBLAS: openBLAS)
        }
        let both = zip(try logits(near), try logits(far))
        #expect(both.allSatisfy { abs($0 - $1) < 0.01 })
    }

    /// Within a parallel region what is called runs on the one thread that called it.
    @Test func threadsChangeNothing() throws {
        let problem = regressionProblem(1100)
        let regression = LogisticRegression(penalty: 0.1, lexicalWeight: 1, maximumIterations: 8)
        let openBLAS = openBLAS
        @Sendable func fitted() -> [Float] {
            (try? regression.fit(problem, openBLAS: openBLAS) {})?.parameters ?? []
        }
        let alone = fitted()
        #expect(alone.count == 3 * 5 + 16 * 3 + 3)
        #expect(ThreadPool.shared.map(count: 3) { _ in fitted() } == [alone, alone, alone])
    }

    @Test func productsOfManyRows() {
        var numbers = LinearCongruential(seed: 3)
        let a = (0..<600 * 3).map { _ in numbers.next() }, b = (0..<4 * 3).map { _ in numbers.next() }
        let found = products(a, rows: 600, with: b, openBLAS: openBLAS)
        #expect(found.count == 600 * 4)
        for row in [0, 255, 256, 599] {
            for column in 0..<4 {
                let expected = (0..<3).reduce(Float(0)) { $0 + a[row * 3 + $1] * b[column * 3 + $1] }
                #expect(abs(found[row * 4 + column] - expected) < 1e-5)
            }
        }
        #expect(products([], rows: 0, with: b, openBLAS: openBLAS).isEmpty)
    }

    @Test func fastExponentialIsOne() {
        for step in -8000...8000 {
            let x = Float(step) / 100, expected = exponential(Double(x))
            #expect(abs(Double(fastExponential(x)) - expected) <= 4e-7 * expected)
        }
        #expect(fastExponential(-1000) == fastExponential(-80))
    }
}
