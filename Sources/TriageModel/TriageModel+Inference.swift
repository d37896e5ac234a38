import Encoder
import Parallelism
import Tokenization

extension TriageModel {
    /// Classifies one text, or a text with the text it is paired with. At most `threads` threads work at once: more than
    /// one shorten the time of a single text, and cost more in all.
    /// - Throws: `ModelError` where the model has no labels or its weights are broken.
    public func classify(_ text: String, pair: String? = nil, threads: Int = 1) throws(ModelError) -> Classification {
        var classification = Classification()
        try classify(text, pair: pair, threads: threads, into: &classification)
        return classification
    }

    /// As `classify(_:pair:threads:)`, into a value whose storage is used again: after a few calls ASCII texts are
    /// classified without allocating memory. After an error the value means nothing.
    /// - Throws: `ModelError` where the model has no labels or its weights are broken.
    public func classify(
        _ text: String,
        pair: String? = nil,
        threads: Int = 1,
        into classification: inout Classification
    ) throws(ModelError) {
        try checkLabels()
        try run(text, pair: pair, threads: threads) { fill(&classification, $0, row: 0, $1) }
    }

    /// Classifies texts; each result is what the text gets alone. At most `threads` threads work at once, and never
    /// more than the process may use processors.
    /// - Throws: `ModelError` where the model has no labels or its weights are broken.
    public func classify(_ texts: [String], threads: Int = 1) throws(ModelError) -> [Classification] {
        try checkLabels()
        return try run(texts, threads: threads, empty: Classification()) { fill(&$0, $1, row: $2, $3) }
    }

    /// Embeds one text. At most `threads` threads work at once.
    /// - Throws: `ModelError` where the model's weights are broken.
    public func embed(_ text: String, threads: Int = 1) throws(ModelError) -> Embedding {
        var embedding = Embedding()
        try run(text, pair: nil, threads: threads) { fill(&embedding, $0, row: 0, $1) }
        return embedding
    }

    /// Embeds texts; each result is what the text gets alone. At most `threads` threads work at once, and never more
    /// than the process may use processors.
    /// - Throws: `ModelError` where the model's weights are broken.
    public func embed(_ texts: [String], threads: Int = 1) throws(ModelError) -> [Embedding] {
        try run(texts, threads: threads, empty: Embedding()) { fill(&$0, $1, row: $2, $3) }
    }

    private func checkLabels() throws(ModelError) {
        guard !labels.isEmpty else {
            throw ModelError(path: directory, reason: "has no labels: this model embeds and does not classify")
        }
    }

    private func fill(_ classification: inout Classification, _ scratch: Scratch, row: Int, _ encoding: Encoding) {
        let range = row * labels.count..<(row + 1) * labels.count
        classification.logits.removeAll(keepingCapacity: true)
        classification.logits.append(contentsOf: scratch.output.logits[range])
        calibration.probabilities(
            classification.logits,
            weights: &scratch.weights,
            into: &classification.probabilities
        )
        classification.tokenCount = encoding.ids.count
        classification.isTruncated = encoding.isTruncated
    }

    private func fill(_ embedding: inout Embedding, _ scratch: Scratch, row: Int, _ encoding: Encoding) {
        embedding.vector.removeAll(keepingCapacity: true)
        embedding.vector.append(
            contentsOf: scratch.output.embeddings[row * embeddingSize..<(row + 1) * embeddingSize]
        )
        embedding.tokenCount = encoding.ids.count
        embedding.isTruncated = encoding.isTruncated
    }

    private func run(
        _ text: String,
        pair: String?,
        threads: Int,
        result: (Scratch, Encoding) -> Void
    ) throws(ModelError) {
        try scratch.withScratch { scratch throws(ModelError) in
            tokenizer.encode(text, pair: pair, maximumLength: maximumTokenCount, into: &scratch.encoding)
            try run(CollectionOfOne(scratch.encoding), threads: threads, scratch)
            result(scratch, scratch.encoding)
        }
    }

    /// Tokenises the texts, forms groups that use the hardware well, and runs each group on one thread.
    private func run<Result: Sendable>(
        _ texts: [String],
        threads: Int,
        empty: Result,
        fill: @Sendable (inout Result, Scratch, Int, Encoding) -> Void
    ) throws(ModelError) -> [Result] {
        let pool = ThreadPool.shared
        let encodings = pool.map(count: texts.count, threads: threads) {
            tokenizer.encode(texts[$0], maximumLength: maximumTokenCount)
        }
        let groups = TextGroups(
            tokenCounts: encodings.map(\.ids.count),
            preferredTokenCount: encoder.preferredTokenCount,
            threads: min(threads, pool.threads)
        )
        // Within a region of several groups the threads are taken, and each group runs on one.
        let results = try pool.map(count: groups.ranges.count, threads: threads) { group throws(ModelError) in
            let encodings = encodings[groups.ranges[group]]
            return try scratch.withScratch { scratch throws(ModelError) in
                try run(encodings, threads: threads, scratch)
                return encodings.enumerated().map { row, encoding in
                    var result = empty
                    fill(&result, scratch, row, encoding)
                    return result
                }
            }
        }
        return results.flatMap(\.self)
    }

    /// Runs the network over a few encodings as one batch, into the scratch's output.
    private func run(
        _ encodings: some Collection<Encoding>,
        threads: Int,
        _ scratch: Scratch
    ) throws(ModelError) {
        scratch.batch.removeAll()
        for encoding in encodings { scratch.batch.append(ids: encoding.ids, segmentIds: encoding.segmentIds) }
        do throws(EncoderError) { try encoder.run(scratch.batch, threads: threads, into: &scratch.output) } catch {
            throw ModelError(path: directory, reason: error.description)
        }
    }
}
