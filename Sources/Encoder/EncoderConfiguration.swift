/// The shape of a BERT-family encoder (Devlin et al., arXiv:1810.04805): post-norm blocks of self-attention and a
/// two-layer feed-forward network over learned word, position and segment embeddings.
package struct EncoderConfiguration: Sendable, Equatable {
    package var vocabularySize: Int
    /// The longest sequence in tokens.
    package var maximumPositions: Int
    /// Rows of the segment table; 0 for a network without one (DistilBERT).
    package var segmentCount: Int
    package var hiddenSize: Int
    package var layerCount: Int
    package var headCount: Int
    package var intermediateSize: Int
    package var activation: Activation
    package var normEpsilon: Float

    package init(
        vocabularySize: Int,
        maximumPositions: Int,
        segmentCount: Int,
        hiddenSize: Int,
        layerCount: Int,
        headCount: Int,
        intermediateSize: Int,
        activation: Activation,
        normEpsilon: Float
    ) throws(EncoderError) {
        self.vocabularySize = vocabularySize
        self.maximumPositions = maximumPositions
        self.segmentCount = segmentCount
        self.hiddenSize = hiddenSize
        self.layerCount = layerCount
        self.headCount = headCount
        self.intermediateSize = intermediateSize
        self.activation = activation
        self.normEpsilon = normEpsilon
        try validate()
    }

    /// Bounds that keep every product of two sizes far from overflow and every integer sum within 32 bits.
    private func validate() throws(EncoderError) {
        func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(EncoderError) {
            guard range.contains(value) else {
                throw .invalidConfiguration(
                    "\(name) is \(value), expected \(range.lowerBound) to \(range.upperBound)"
                )
            }
        }
        try check("vocabulary size", vocabularySize, 1...1 << 24)
        try check("maximum number of positions", maximumPositions, 1...1 << 16)
        try check("number of segments", segmentCount, 0...256)
        try check("hidden size", hiddenSize, 1...1 << 14)
        try check("number of layers", layerCount, 1...256)
        try check("number of heads", headCount, 1...1024)
        try check("intermediate size", intermediateSize, 1...1 << 15)
        guard hiddenSize % headCount == 0 else {
            throw .invalidConfiguration(
                "hidden size \(hiddenSize) is not a multiple of the number of heads, \(headCount)"
            )
        }
        guard normEpsilon > 0, normEpsilon < 1 else {
            throw .invalidConfiguration("layer norm epsilon is \(normEpsilon), expected a value between 0 and 1")
        }
    }
}

/// The functions a network applies element by element.
package enum Activation: Sendable, Equatable {
    /// x Φ(x), Φ the distribution function of the normal distribution (Hendrycks and Gimpel, arXiv:1606.08415).
    case gelu
    /// The same paper's approximation of it by tanh.
    case geluTanh
    case relu
    case tanh
}

/// How the token vectors of a sequence become one vector.
package enum Pooling: String, Sendable {
    case mean
    /// The vector of the first token, `[CLS]`.
    case firstToken = "cls"
}

/// What follows the encoder: pooling and, for a classifier, a linear layer, with or without a dense layer before it.
package struct HeadConfiguration: Sendable, Equatable {
    package var pooling: Pooling
    /// Scales a pooled embedding to length 1.
    package var normalizesEmbedding: Bool
    /// The activation of the dense layer between pooling and classifier; nil for none.
    package var transform: Activation?
    /// Logits; 0 for an encoder without a classifier.
    package var outputCount: Int

    package init(
        pooling: Pooling,
        normalizesEmbedding: Bool,
        transform: Activation?,
        outputCount: Int
    ) {
        self.pooling = pooling
        self.normalizesEmbedding = normalizesEmbedding
        self.transform = transform
        self.outputCount = outputCount
    }
}
