import Encoder

/// Token ids through the encoder on one thread: no text, no tokenizer, no decision.
struct ShapeWorkload: Workload {
    let shape: Shape
    let encoder: any EncoderBackend
    let multiplyAccumulatesPerToken: Int
    private let batch: TokenBatch

    let section = Section.shapes
    let weight = 1.0

    var subject: String { shape.description }

    init(_ shape: Shape, encoder: any EncoderBackend, configuration: EncoderConfiguration) throws(BenchmarkError) {
        guard shape.tokens <= configuration.maximumPositions else {
            throw BenchmarkError("shape \(shape): the model reads at most \(configuration.maximumPositions) tokens")
        }
        self.shape = shape
        self.encoder = encoder
        multiplyAccumulatesPerToken = configuration.linearMultiplyAccumulatesPerToken
        batch = Self.batch(shape, vocabulary: configuration.vocabularySize)
    }

    /// The same ids in every run, spread over the whole vocabulary as a generator of Knuth's spreads them (The Art of
    /// Computer Programming, volume 2, 3.3.4; the high bits are the random ones).
    static func batch(_ shape: Shape, vocabulary: Int) -> TokenBatch {
        var state: UInt64 = 1
        var batch = TokenBatch()
        for _ in 0..<shape.sequences {
            let ids = (0..<shape.tokens).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt32((state >> 32) % UInt64(vocabulary))
            }
            batch.append(ids: ids, segmentIds: [UInt8](repeating: 0, count: shape.tokens))
        }
        return batch
    }

    func run(until deadline: Deadline) throws -> Sample {
        var deadline = deadline
        var output = EncoderOutput()
        var latencies = Latencies()
        repeat {
            let start = ContinuousClock.now
            try encoder.run(batch, threads: 1, into: &output)
            latencies.record(ContinuousClock.now - start)
        } while !deadline.hasPassed()
        let milliseconds = latencies.percentile(50)
        let tokensPerSecond = Double(batch.tokenCount) / milliseconds * 1000
        return Sample(
            figures: [(.p50, milliseconds), (.tokensPerSecond, tokensPerSecond)],
            multiplyAccumulates: tokensPerSecond * Double(multiplyAccumulatesPerToken)
        )
    }
}

extension EncoderConfiguration {
    /// Of the linear layers in the blocks: query, key, value and output of attention, and the feed-forward pair.
    package var linearMultiplyAccumulatesPerToken: Int {
        layerCount * (4 * hiddenSize * hiddenSize + 2 * hiddenSize * intermediateSize)
    }
}
