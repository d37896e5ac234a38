package import TriageModel

/// What a head reads of texts: a vector of length 1 each, and the words as places in a table.
package struct TextFeatures: Sendable {
    /// Values of a vector.
    package let size: Int
    /// `[texts][size]`.
    package private(set) var vectors: [Float] = []
    /// Where the buckets of each text start, and where the last end.
    package private(set) var starts = [0]
    /// The bucket of each token and pair of neighbours.
    package private(set) var buckets: [Int32] = []
    package let lexical: LexicalFeatures

    package var count: Int { starts.count - 1 }

    package init(size: Int, lexical: LexicalFeatures) {
        self.size = size
        self.lexical = lexical
    }

    /// Embeds `texts` with `model`. `progress` is told how many are done, and ends the work by throwing.
    package init(
        of texts: [String],
        by model: TriageModel,
        lexical: LexicalFeatures,
        threads: Int,
        progress: (Int) throws -> Void
    ) throws {
        self.init(size: model.embeddingSize, lexical: lexical)
        // Neighbours in length fill a batch evenly; nothing else depends on the order.
        let step = 1024
        for start in stride(from: 0, to: texts.count, by: step) {
            let part = Array(texts[start..<min(start + step, texts.count)])
            for (embedding, ids) in try model.read(part, threads: threads) { append(embedding.vector, ids: ids) }
            try progress(count)
        }
    }

    package mutating func append(_ vector: [Float], ids: [UInt32]) {
        precondition(vector.count == size)
        vectors += vector
        lexical.forEach(in: ids) { buckets.append(Int32($0)) }
        starts.append(buckets.count)
    }

    /// The buckets of a text.
    package func buckets(of text: Int) -> ArraySlice<Int32> { buckets[starts[text]..<starts[text + 1]] }

    /// Tokens of a text, special ones included: each has a bucket, and each pair of neighbours.
    func tokenCount(of text: Int) -> Int { (starts[text + 1] - starts[text] + 1) / 2 }

    /// The same with vectors less their mean, and the mean.
    func centred() -> (features: TextFeatures, mean: [Float]) {
        var sums = [Double](repeating: 0, count: size)
        for text in 0..<count { for column in 0..<size { sums[column] += Double(vectors[text * size + column]) } }
        let mean = sums.map { Float($0 / Double(max(1, count))) }
        var centred = self
        for text in 0..<count { for column in 0..<size { centred.vectors[text * size + column] -= mean[column] } }
        return (centred, mean)
    }

    /// The texts at these places, in this order.
    package func subset(_ indices: [Int]) -> TextFeatures {
        var subset = TextFeatures(size: size, lexical: lexical)
        subset.vectors.reserveCapacity(indices.count * size)
        for index in indices {
            subset.vectors += vectors[index * size..<(index + 1) * size]
            subset.buckets += buckets(of: index)
            subset.starts.append(subset.buckets.count)
        }
        return subset
    }
}

/// How much a word tells: its inverse document frequency, the logarithm of the texts there are over the texts that have
/// it (Spärck Jones 1972); nothing for a bucket that no text in training has, or every one.
package struct DocumentFrequencies: Sendable {
    /// By bucket.
    package let inverse: [Float]

    package init(_ features: TextFeatures) {
        var counts = [Int](repeating: 0, count: features.lexical.bucketCount)
        var seenIn = [Int](repeating: -1, count: counts.count)
        for text in 0..<features.count {
            for bucket in features.buckets(of: text) where seenIn[Int(bucket)] != text {
                seenIn[Int(bucket)] = text
                counts[Int(bucket)] += 1
            }
        }
        let total = Float(features.count)
        inverse = counts.map { $0 == 0 ? 0 : naturalLogarithm(total / Float($0)) }
    }

    /// The weight of each entry of `features.buckets`: its inverse document frequency, a text's scaled to length 1.
    package func weights(of features: TextFeatures) -> [Float] {
        var weights = features.buckets.map { inverse[Int($0)] }
        for text in 0..<features.count {
            let range = features.starts[text]..<features.starts[text + 1]
            let squares = range.reduce(Float(0)) { $0 + weights[$1] * weights[$1] }
            guard squares > 0 else { continue }
            let scale = 1 / squares.squareRoot()
            for place in range { weights[place] *= scale }
        }
        return weights
    }
}
