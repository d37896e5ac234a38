package import CPUBackend
package import CommandSupport
import TriageModel

/// Splits texts into parts, each label spread evenly over them, and predicts each part by what was fitted on the others.
package struct CrossValidation: Sendable {
    /// The part of each text.
    package let fold: [Int]
    package let count: Int

    /// A label with fewer texts than parts has some parts without it.
    package init(labels: [Int], labelCount: Int, folds: Int, using generator: inout SplitMix64) {
        var members = [[Int]](repeating: [], count: labelCount)
        for (index, label) in labels.enumerated() { members[label].append(index) }
        var fold = [Int](repeating: 0, count: labels.count)
        var next = 0
        for label in members.indices {
            for index in members[label].shuffled(using: &generator) {
                fold[index] = next
                next = (next + 1) % folds
            }
        }
        self.fold = fold
        count = folds
    }

    /// What the fits of a cross-validation say of the texts that they have not seen.
    package struct Predictions: Sendable {
        /// `[texts][labels]`.
        package var logits: [Float]
        /// The mean of the greatest logits that the fits give texts that they have seen. A fit on more texts gives larger
        /// ones: by this its logits and those of the fits here can be brought to one scale.
        package var familiarity: Double
    }

    /// Predicts every text by the fit that has not seen it.
    package func predictions(
        _ data: FittingData,
        _ regression: LogisticRegression,
        openBLAS: OpenBLAS,
        progress: () throws -> Void
    ) throws -> Predictions {
        let labels = data.labelCount
        var logits = [Float](repeating: 0, count: data.labels.count * labels)
        var familiarity = 0.0
        for part in 0..<count {
            let inside = data.labels.indices.filter { fold[$0] == part }
            let outside = data.labels.indices.filter { fold[$0] != part }
            let fitted = try data.subset(outside).fit(regression, openBLAS: openBLAS, progress: progress)
            familiarity += fitted.familiarity(with: data.subset(outside), openBLAS: openBLAS) / Double(count)
            let found = fitted.logits(of: data.features.subset(inside), openBLAS: openBLAS)
            for (place, text) in inside.enumerated() {
                logits.replaceSubrange(
                    text * labels..<(text + 1) * labels,
                    with: found[place * labels..<(place + 1) * labels]
                )
            }
        }
        return Predictions(logits: logits, familiarity: familiarity)
    }
}

/// Texts to fit to: what a head reads of them, and the number of each one's label.
package struct FittingData: Sendable {
    package var features: TextFeatures
    package var labels: [Int]
    package let labelCount: Int

    package init(features: TextFeatures, labels: [Int], labelCount: Int) {
        self.features = features
        self.labels = labels
        self.labelCount = labelCount
    }

    package func subset(_ indices: [Int]) -> FittingData {
        FittingData(features: features.subset(indices), labels: indices.map { labels[$0] }, labelCount: labelCount)
    }

    /// A text of a rare label counts more, one of a frequent label less: by the root of how much rarer the label is than
    /// the average. In full it would let a handful of noisy texts outweigh thousands.
    private var textWeights: [Float] {
        var counts = [Int](repeating: 0, count: labelCount)
        for label in labels { counts[label] += 1 }
        let average = Float(labels.count) / Float(labelCount)
        return labels.map { (average / Float(counts[$0])).squareRoot() }
    }

    package func fit(
        _ regression: LogisticRegression,
        openBLAS: OpenBLAS,
        progress: () throws -> Void
    ) throws -> FittedModel {
        let frequencies = DocumentFrequencies(features)
        let problem = LogisticRegression.Problem(
            features: features,
            lexicalWeights: frequencies.weights(of: features),
            labels: labels,
            labelCount: labelCount,
            textWeights: textWeights
        )
        let model = try regression.fit(problem, openBLAS: openBLAS, progress: progress)
        return FittedModel(model: model, frequencies: frequencies)
    }
}

/// A linear head with the frequencies that its words are weighted by.
package struct FittedModel: Sendable {
    package let model: LinearModel
    package let frequencies: DocumentFrequencies

    /// `[texts][labels]`.
    package func logits(of features: TextFeatures, openBLAS: OpenBLAS) -> [Float] {
        model.logits(of: features, lexicalWeights: frequencies.weights(of: features), openBLAS: openBLAS)
    }

    /// The mean of the greatest logits of the texts that it was fitted to, of some thousand of them.
    package func familiarity(with data: FittingData, openBLAS: OpenBLAS) -> Double {
        let step = max(1, data.labels.count / 2000)
        let some = stride(from: 0, to: data.labels.count, by: step).map(\.self)
        let logits = logits(of: data.features.subset(some), openBLAS: openBLAS), labels = data.labelCount
        let greatest = some.indices.map { logits[$0 * labels..<($0 + 1) * labels].max() ?? 0 }
        return greatest.reduce(0.0) { $0 + Double($1) } / Double(max(1, some.count))
    }
}
