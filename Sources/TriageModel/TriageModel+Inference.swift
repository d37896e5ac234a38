import Encoder
import Parallelism
import Tokenization

extension TriageModel {
    /// Classifies one text, or a text with the text it is paired with.
    /// - Throws: `ModelError` where the model has no labels or its weights are broken.
    public func classify(_ text: String, pair: String? = nil) throws(ModelError) -> Classification {
        try checkLabels()
        return try run(text, pair: pair) { classification($0, row: $1, read: $2) }
    }

    /// Classifies texts; each result is what the text gets alone. At most `threads` threads work at once, and never
    /// more than the process may use processors.
    /// - Throws: `ModelError` where the model has no labels or its weights are broken.
    public func classify(_ texts: [String], threads: Int = 1) throws(ModelError) -> [Classification] {
        try checkLabels()
        return try run(texts, threads: threads) { classification($0, row: $1, read: $2) }
    }

    /// Embeds one text.
    /// - Throws: `ModelError` where the model's weights are broken.
    public func embed(_ text: String) throws(ModelError) -> Embedding {
        try run(text, pair: nil) { embedding($0, row: $1, read: $2) }
    }

    /// Embeds texts; each result is what the text gets alone. At most `threads` threads work at once, and never more
    /// than the process may use processors.
    /// - Throws: `ModelError` where the model's weights are broken.
    public func embed(_ texts: [String], threads: Int = 1) throws(ModelError) -> [Embedding] {
        try run(texts, threads: threads) { embedding($0, row: $1, read: $2) }
    }

    /// How much of a text the model read.
    private struct Read {
        let tokenCount: Int
        let isTruncated: Bool

        init(_ encoding: Encoding) {
            tokenCount = encoding.ids.count
            isTruncated = encoding.isTruncated
        }
    }

    private func checkLabels() throws(ModelError) {
        guard !labels.isEmpty else {
            throw ModelError(path: directory, reason: "has no labels: this model embeds and does not classify")
        }
    }

    private func classification(_ output: EncoderOutput, row: Int, read: Read) -> Classification {
        let logits = output.logits[row * labels.count..<(row + 1) * labels.count]
        return Classification(
            logits: Array(logits),
            probabilities: calibration.probabilities(logits),
            tokenCount: read.tokenCount,
            isTruncated: read.isTruncated
        )
    }

    private func embedding(_ output: EncoderOutput, row: Int, read: Read) -> Embedding {
        Embedding(
            vector: Array(output.embeddings[row * embeddingSize..<(row + 1) * embeddingSize]),
            tokenCount: read.tokenCount,
            isTruncated: read.isTruncated
        )
    }

    private func run<Result>(
        _ text: String,
        pair: String?,
        result: (EncoderOutput, Int, Read) -> Result
    ) throws(ModelError) -> Result {
        try scratch.withScratch { scratch throws(ModelError) in
            tokenizer.encode(text, pair: pair, maximumLength: maximumTokenCount, into: &scratch.encoding)
            try run(CollectionOfOne(scratch.encoding), scratch)
            return result(scratch.output, 0, Read(scratch.encoding))
        }
    }

    /// Tokenises the texts, forms groups that use the hardware well, and runs each group on one thread.
    private func run<Result: Sendable>(
        _ texts: [String],
        threads: Int,
        result: @Sendable (EncoderOutput, Int, Read) -> Result
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
        let results = try pool.map(count: groups.ranges.count, threads: threads) { group throws(ModelError) in
            let encodings = encodings[groups.ranges[group]]
            return try scratch.withScratch { scratch throws(ModelError) in
                try run(encodings, scratch)
                return encodings.enumerated().map { row, encoding in result(scratch.output, row, Read(encoding)) }
            }
        }
        return results.flatMap(\.self)
    }

    /// Runs the network over a few encodings as one batch, into the scratch's output.
    private func run(_ encodings: some Collection<Encoding>, _ scratch: Scratch) throws(ModelError) {
        scratch.batch.removeAll()
        for encoding in encodings { scratch.batch.append(ids: encoding.ids, segmentIds: encoding.segmentIds) }
        do throws(EncoderError) { try encoder.run(scratch.batch, into: &scratch.output) } catch {
            throw ModelError(path: directory, reason: error.description)
        }
    }
}
