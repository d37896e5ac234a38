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
        try scratch.withObject { scratch throws(ModelError) in
            tokenizer.encode(text, pair: pair, maximumLength: maximumTokenCount, into: &scratch.encoding)
            try classify(scratch, minimumConfidence: 0, threads: threads, into: &classification)
        }
    }

    /// As `classify(_:pair:threads:into:)`, unless the text is not to be classified on these terms; then the classification is
    /// that of no text.
    /// - Throws: `ModelError` where the model has no labels or its weights are broken.
    package func classify(
        _ text: String,
        terms: ReadingTerms,
        threads: Int,
        into classification: inout Classification
    ) throws(ModelError) -> Reading {
        try checkLabels()
        return try scratch.withObject { scratch throws(ModelError) in
            tokenizer.encode(text, maximumLength: maximumTokenCount, into: &scratch.encoding)
            let reading = reading(of: scratch.encoding, terms)
            guard reading == .classified else {
                classification.clear()
                return reading
            }
            try classify(
                scratch,
                minimumConfidence: terms.minimumConfidence,
                threads: threads,
                into: &classification
            )
            return reading
        }
    }

    /// Classifies what the scratch's encoding holds.
    private func classify(
        _ scratch: Scratch,
        minimumConfidence: Float,
        threads: Int,
        into classification: inout Classification
    ) throws(ModelError) {
        scratch.fill(CollectionOfOne(scratch.encoding))
        if let firstStage {
            try run(.first, on: encoder, threads: threads, scratch)
            fill(&classification, .first, scratch, row: 0, scratch.encoding)
            if firstStage.isSure(of: classification, minimumConfidence: minimumConfidence) { return }
        }
        try run(.whole, on: encoder, threads: threads, scratch)
        fill(&classification, .whole, scratch, row: 0, scratch.encoding)
    }

    /// Classifies texts; each result is what the text gets alone. At most `threads` threads work at once, and never
    /// more than the process may use processors.
    /// - Throws: `ModelError` where the model has no labels or its weights are broken.
    public func classify(_ texts: [String], threads: Int = 1) throws(ModelError) -> [Classification] {
        try classify(encode(texts, threads: threads), threads: threads)
    }

    /// Classifies texts that are encoded already; see ``classify(_:threads:)``. Where the first stage is less sure than
    /// `minimumConfidence` the whole model is asked.
    /// - Throws: `ModelError` where the model has no labels or its weights are broken.
    package func classify(
        _ texts: [EncodedText],
        minimumConfidence: Float = 0,
        threads: Int
    ) throws(ModelError) -> [Classification] {
        try checkLabels()
        guard let firstStage else { return try classify(texts, .whole, threads: threads) }
        var answers = try classify(texts, .first, threads: threads)
        let left = answers.indices.filter {
            !firstStage.isSure(of: answers[$0], minimumConfidence: minimumConfidence)
        }
        let later = try classify(left.map { texts[$0] }, .whole, threads: threads)
        for (index, answer) in zip(left, later) { answers[index] = answer }
        return answers
    }

    /// Embeds one text. At most `threads` threads work at once.
    /// - Throws: `ModelError` where the model's weights are broken.
    public func embed(_ text: String, threads: Int = 1) throws(ModelError) -> Embedding {
        var embedding = Embedding()
        try scratch.withObject { scratch throws(ModelError) in
            tokenizer.encode(text, maximumLength: maximumTokenCount, into: &scratch.encoding)
            scratch.fill(CollectionOfOne(scratch.encoding))
            try run(.whole, on: encoder, threads: threads, scratch)
            fill(&embedding, scratch, row: 0, scratch.encoding)
        }
        return embedding
    }

    /// Embeds texts; each result is what the text gets alone. At most `threads` threads work at once, and never more
    /// than the process may use processors.
    /// - Throws: `ModelError` where the model's weights are broken.
    public func embed(_ texts: [String], threads: Int = 1) throws(ModelError) -> [Embedding] {
        try embed(encode(texts, threads: threads), threads: threads)
    }

    /// Embeds texts that are encoded already; see ``embed(_:threads:)``.
    /// - Throws: `ModelError` where the model's weights are broken.
    package func embed(_ texts: [EncodedText], threads: Int) throws(ModelError) -> [Embedding] {
        try run(.whole, texts, threads: threads, empty: Embedding()) { fill(&$0, $1, row: $2, $3) }
    }

    /// What a head reads of texts: their vectors, and their tokens.
    package func read(_ texts: [String], threads: Int) throws(ModelError) -> [(embedding: Embedding, ids: [UInt32])] {
        let encoded = encode(texts, threads: threads)
        return zip(try embed(encoded, threads: threads), encoded).map { ($0, $1.encoding.ids) }
    }

    private func checkLabels() throws(ModelError) {
        guard !labels.isEmpty else {
            throw ModelError(path: directory, reason: "has no labels: this model embeds and does not classify")
        }
    }

    /// A text as the model reads it.
    package func encode(_ text: String) -> EncodedText {
        EncodedText(encoding: tokenizer.encode(text, maximumLength: maximumTokenCount))
    }

    /// Texts as the model reads them, in order.
    package func encode(_ texts: [String], threads: Int) -> [EncodedText] {
        ThreadPool.shared.map(count: texts.count, threads: threads) { encode(texts[$0]) }
    }

    /// How many tokens a text has, special ones included, also where the model reads only a part; allocates nothing for
    /// ASCII after a few calls.
    package func tokenCount(of text: String) -> Int {
        scratch.withObject { scratch in
            tokenizer.encode(text, maximumLength: 1 << 30, into: &scratch.encoding)
            return scratch.encoding.ids.count
        }
    }

    /// Whether a text would be classified on these terms.
    package func reading(of text: EncodedText, terms: ReadingTerms) -> Reading {
        reading(of: text.encoding, terms)
    }

    private func reading(of encoding: Encoding, _ terms: ReadingTerms) -> Reading {
        terms.reading(of: encoding, emptyTokenCount: emptyTokenCount, unknownID: tokenizer.unknownID)
    }

    private func classify(
        _ texts: [EncodedText],
        _ stage: Classification.Stage,
        threads: Int
    ) throws(ModelError) -> [Classification] {
        try run(stage, texts, threads: threads, empty: Classification()) { fill(&$0, stage, $1, row: $2, $3) }
    }

    private func fill(
        _ classification: inout Classification,
        _ stage: Classification.Stage,
        _ scratch: Scratch,
        row: Int,
        _ encoding: Encoding
    ) {
        if stage == .first {
            firstStage?.classify(
                scratch.output.logits,
                row: row,
                weights: &scratch.weights,
                into: &classification
            )
        } else if let fittedHead {
            fittedHead.classify(
                scratch.output.embeddings,
                row: row,
                ids: encoding.ids,
                weights: &scratch.weights,
                into: &classification
            )
        } else {
            let range = row * labels.count..<(row + 1) * labels.count
            classification.logits.removeAll(keepingCapacity: true)
            classification.logits.append(contentsOf: scratch.output.logits[range])
            calibration.probabilities(
                classification.logits,
                weights: &scratch.weights,
                into: &classification.probabilities
            )
            classification.confidence = classification.probabilities.max() ?? 0
            (classification.outOfScope, classification.nearestExample) = (nil, nil)
        }
        classification.stage = stage
        classification.backend = scratch.backend
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

    /// Forms groups of the encodings that use the hardware well, and runs a stage over each group on one thread.
    private func run<Result: Sendable>(
        _ stage: Classification.Stage,
        _ texts: [EncodedText],
        threads: Int,
        empty: Result,
        fill: @Sendable (inout Result, Scratch, Int, Encoding) -> Void
    ) throws(ModelError) -> [Result] {
        let pool = ThreadPool.shared
        let tokenCounts = texts.map(\.tokenCount)
        let encoder = encoder.backend(for: stage.ofEncoder, tokenCount: tokenCounts.reduce(0, +), threads: threads)
        let groups = TextGroups(
            tokenCounts: tokenCounts,
            preferredTokenCount: encoder.preferredTokenCount,
            minimumTokenCount: encoder.minimumTokenCount,
            threads: min(threads, pool.threads)
        )
        // Within a region of several groups the threads are taken, and each group runs on one.
        let results = try pool.map(count: groups.ranges.count, threads: threads) { group throws(ModelError) in
            let encodings = texts[groups.ranges[group]].lazy.map(\.encoding)
            return try scratch.withObject { scratch throws(ModelError) in
                scratch.fill(encodings)
                try run(stage, on: encoder, threads: threads, scratch)
                return encodings.enumerated().map { row, encoding in
                    var result = empty
                    fill(&result, scratch, row, encoding)
                    return result
                }
            }
        }
        return results.flatMap(\.self)
    }

    /// Runs a stage over the scratch's batch, into its output; the first writes logits only.
    private func run(
        _ stage: Classification.Stage,
        on encoder: any EncoderBackend,
        threads: Int,
        _ scratch: Scratch
    ) throws(ModelError) {
        do throws(EncoderError) {
            scratch.backend = try encoder.withFallback { backend throws(EncoderError) in
                switch stage {
                case .first: try backend.runFirstStage(scratch.batch, into: &scratch.output.logits)
                case .whole: try backend.run(scratch.batch, threads: threads, into: &scratch.output)
                }
            }
        } catch {
            throw ModelError(error, in: directory)
        }
    }
}
