import CPUBackend
import CommandSupport
import Testing
import TriageModel

@testable import TriageTraining

@Suite struct CrossValidationTests {
    @Test func everyLabelIsSpread() {
        let labels = (0..<103).map { $0 < 60 ? 0 : $0 < 97 ? 1 : $0 < 101 ? 2 : 3 }
        var generator = SplitMix64(seed: 1)
        let split = CrossValidation(labels: labels, labelCount: 4, folds: 5, using: &generator)
        #expect(split.count == 5 && split.fold.count == labels.count)
        for label in 0..<4 {
            let sizes = (0..<5).map { part in labels.indices.count { labels[$0] == label && split.fold[$0] == part } }
            #expect((sizes.max() ?? 9) - (sizes.min() ?? 0) <= 1, "\(label): \(sizes)")
        }
        let sizes = (0..<5).map { part in split.fold.count { $0 == part } }
        #expect(sizes.allSatisfy { (20...21).contains($0) })
        var same = SplitMix64(seed: 1), other = SplitMix64(seed: 2)
        #expect(CrossValidation(labels: labels, labelCount: 4, folds: 5, using: &same).fold == split.fold)
        #expect(CrossValidation(labels: labels, labelCount: 4, folds: 5, using: &other).fold != split.fold)
    }

    /// Every text has a word of its own, of one label half the texts: a fit that had seen it would know it.
    @Test func everyTextIsHeldOutOnce() throws {
        let openBLAS = try OpenBLAS.load()
        var features = TextFeatures(size: 1, lexical: LexicalFeatures(bits: 10))
        for text in 0..<30 { features.append([1], ids: [UInt32(text * 7 + 1)]) }
        let data = FittingData(features: features, labels: (0..<30).map { $0 % 2 }, labelCount: 2)
        var generator = SplitMix64(seed: 3)
        let split = CrossValidation(labels: data.labels, labelCount: 2, folds: 4, using: &generator)
        let regression = LogisticRegression(penalty: 0.01, lexicalWeight: 1)
        var steps = 0
        let logits = try split.predictions(data, regression, openBLAS: openBLAS) { steps += 1 }.logits
        #expect(logits.count == 60 && steps >= 4)
        let seen = try data.fit(regression, openBLAS: openBLAS) {}.logits(of: features, openBLAS: openBLAS)
        for text in 0..<30 {
            let right = text * 2 + data.labels[text], wrong = text * 2 + 1 - data.labels[text]
            #expect(seen[right] - seen[wrong] > 1)
            #expect(abs(logits[right] - logits[wrong]) < 0.5)
        }
        // The logits of a part are those of a fit on the others.
        let inside = (0..<30).filter { split.fold[$0] == 2 }, outside = (0..<30).filter { split.fold[$0] != 2 }
        let other = try data.subset(outside).fit(regression, openBLAS: openBLAS) {}
        let expected = other.logits(of: features.subset(inside), openBLAS: openBLAS)
        #expect(inside.flatMap { [logits[$0 * 2], logits[$0 * 2 + 1]] } == expected)
    }

    @Test func moreFoldsThanTexts() throws {
        let (features, labels) = fittingFeatures(4, labelCount: 2)
        var generator = SplitMix64(seed: 1)
        let split = CrossValidation(labels: labels, labelCount: 2, folds: 5, using: &generator)
        let data = FittingData(features: features, labels: labels, labelCount: 2)
        let regression = LogisticRegression(penalty: 0.1, lexicalWeight: 0.5)
        let logits = try split.predictions(data, regression, openBLAS: OpenBLAS.load()) {}.logits
        #expect(logits.count == 8 && logits.allSatisfy(\.isFinite))
    }

    @Test func documentFrequencies() {
        var features = TextFeatures(size: 1, lexical: LexicalFeatures(bits: 10))
        let common: UInt32 = 5
        for text in 0..<8 { features.append([1], ids: text == 0 ? [common, 77, common] : [common]) }
        let frequencies = DocumentFrequencies(features)
        let everywhere = Int(features.buckets(of: 1)[features.starts[1]]), once = Int(features.buckets[1])
        #expect(everywhere != once)
        #expect(frequencies.inverse[everywhere] == 0)
        #expect(abs(frequencies.inverse[once] - 2.0794415) < 1e-6, "ln 8")
        #expect(frequencies.inverse.count { $0 != 0 } <= features.buckets(of: 0).count)
        let weights = frequencies.weights(of: features)
        #expect(weights.count == features.buckets.count)
        let first = weights[features.starts[0]..<features.starts[1]]
        #expect(abs(first.reduce(0) { $0 + $1 * $1 } - 1) < 1e-6, "of length 1")
        // A text of words that tell nothing keeps nothing, and is not divided by it.
        #expect(weights[features.starts[1]...].allSatisfy { $0 == 0 })
    }

    @Test func examplesAreTakenByTurns() {
        let labels = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2]
        var generator = SplitMix64(seed: 1)
        let few = ExampleChoice(labels: labels, labelCount: 3, limit: 6, using: &generator)
        #expect(few.indices == few.indices.sorted() && Set(few.indices).count == 6)
        #expect((0..<3).map { label in few.indices.count { labels[$0] == label } } == [3, 2, 1])
        #expect(ExampleChoice(labels: labels, labelCount: 3, using: &generator).indices == Array(0..<11))
    }

    @Test func similaritiesLeaveOutWhatIsExcluded() throws {
        var features = TextFeatures(size: 2, lexical: LexicalFeatures(bits: 4))
        for vector: [Float] in [[1, 0], [0, 1], [0.6, 0.8]] { features.append(vector, ids: []) }
        let data = FittingData(features: features, labels: [0, 1, 1], labelCount: 2)
        var generator = SplitMix64(seed: 1)
        let examples = ExampleChoice(labels: data.labels, labelCount: 2, using: &generator)
        let openBLAS = try OpenBLAS.load()
        let all = examples.similarities(of: features, among: data, openBLAS: openBLAS)
        let others = examples.similarities(of: features, among: data, openBLAS: openBLAS) { $0 == $1 }
        let none = examples.similarities(of: features, among: data, openBLAS: openBLAS) { _, _ in true }
        func isNear(_ found: [Float], _ expected: [Float]) -> Bool {
            found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 }
        }
        #expect(isNear(all, [1, 1, 1]) && isNear(others, [0.6, 0.8, 0.8]) && isNear(none, [0, 0, 0]))
    }
}
