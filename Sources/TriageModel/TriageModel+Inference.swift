import Encoder
import Parallelism
import Tokenization

extension TriageModel {
    /// Classifies one text, or a text with the text it is paired with.
    /// - Throws: `ModelError` where the model has no labels or its weights are broken.
    public func classify(_ text: String, pair: String? = nil) throws(ModelError) -> Classification {
        try checkLabels()
        return try run([(text, pair)]) { classification($0, row: $1, read: $2) }[0]
    }

    /// Classifies texts; each result is what the text gets alone. At most `threads` threads work at once.
    /// - Throws: `ModelError` where the model has no labels or its weights are broken.
    public func classify(_ texts: [String], threads: Int = 1) throws(ModelError) -> [Classification] {
        try checkLabels()
        return try runInParallel(texts, threads: threads) { classification($0, row: $1, read: $2) }
    }

    /// Embeds one text.
    /// - Throws: `ModelError` where the model's weights are broken.
    public func embed(_ text: String) throws(ModelError) -> Embedding {
        try run([(text, nil)]) { embedding($0, row: $1, read: $2) }[0]
    }

    /// Embeds texts; each result is what the text gets alone. At most `threads` threads work at once.
    /// - Throws: `ModelError` where the model's weights are broken.
    public func embed(_ texts: [String], threads: Int = 1) throws(ModelError) -> [Embedding] {
        try runInParallel(texts, threads: threads) { embedding($0, row: $1, read: $2) }
    }

    /// How much of a text the model read.
    private struct Read {
        let tokenCount: Int
        let isTruncated: Bool
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

    private func runInParallel<Result: Sendable>(
        _ texts: [String],
        threads: Int,
        result: @Sendable (EncoderOutput, Int, Read) -> Result
    ) throws(ModelError) -> [Result] {
        let threads = max(1, min(threads, texts.count))
        guard threads > 1 else { return try run(texts.map { ($0, nil) }, result: result) }
        let parts = try ThreadPool.shared.map(count: threads) { part throws(ModelError) in
            let range = texts.count * part / threads..<texts.count * (part + 1) / threads
            return try run(texts[range].map { ($0, nil) }, result: result)
        }
        return parts.flatMap { $0 }
    }

    /// Tokenises texts into batches of the backend's size and runs each.
    private func run<Result>(
        _ texts: [(text: String, pair: String?)],
        result: (EncoderOutput, Int, Read) -> Result
    ) throws(ModelError) -> [Result] {
        try scratch.withScratch { scratch throws(ModelError) in
            var results: [Result] = []
            results.reserveCapacity(texts.count)
            var reads: [Read] = []
            scratch.batch.removeAll()
            func finishBatch() throws(ModelError) {
                do throws(EncoderError) { try encoder.run(scratch.batch, into: &scratch.output) } catch {
                    throw ModelError(path: directory, reason: error.description)
                }
                for (row, read) in reads.enumerated() { results.append(result(scratch.output, row, read)) }
                reads.removeAll(keepingCapacity: true)
                scratch.batch.removeAll()
            }
            for (text, pair) in texts {
                tokenizer.encode(text, pair: pair, maximumLength: maximumTokenCount, into: &scratch.encoding)
                let tokenCount = scratch.encoding.ids.count
                if !reads.isEmpty, scratch.batch.tokenCount + tokenCount > encoder.preferredTokenCount {
                    try finishBatch()
                }
                scratch.batch.append(ids: scratch.encoding.ids, segmentIds: scratch.encoding.segmentIds)
                reads.append(Read(tokenCount: tokenCount, isTruncated: scratch.encoding.isTruncated))
            }
            if !reads.isEmpty { try finishBatch() }
            return results
        }
    }
}
