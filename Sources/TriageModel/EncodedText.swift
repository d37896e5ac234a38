import Tokenization

/// A text as a model reads it: made by one thread, classified or embedded later, in company, by another.
package struct EncodedText: Sendable {
    let encoding: Encoding

    /// Special tokens included.
    package var tokenCount: Int { encoding.ids.count }
    /// Whether the text is longer than the model reads.
    package var isTruncated: Bool { encoding.isTruncated }
}

/// Which texts are classified, and how sure the first stage must be of them.
package struct ReadingTerms: Sendable, Equatable {
    /// Texts of more tokens, and those that the model would have to cut, are not classified; nil where every text is, as
    /// much of it as the model reads.
    package var maximumTokenCount: Int?
    /// Where the first stage is less sure the whole model is asked, 0 to 1.
    package var minimumConfidence: Float
    /// Whether texts are classified of which no token is known to the model, which can say nothing of them.
    package var readsUnknown: Bool

    package init(maximumTokenCount: Int? = nil, minimumConfidence: Float = 0, readsUnknown: Bool = true) {
        self.maximumTokenCount = maximumTokenCount
        self.minimumConfidence = minimumConfidence
        self.readsUnknown = readsUnknown
    }

    func reading(of encoding: Encoding, emptyTokenCount: Int, unknownID: UInt32) -> Reading {
        let count = encoding.ids.count - emptyTokenCount
        if count <= 0 { return .empty }
        // All but the special tokens, of which none is that for what is not known.
        if !readsUnknown && encoding.ids.count(where: { $0 == unknownID }) >= count { return .unknown }
        guard let maximumTokenCount else { return .classified }
        return encoding.isTruncated || encoding.ids.count > maximumTokenCount ? .tooLong : .classified
    }
}

/// What became of a text that was to be classified.
package enum Reading: Sendable {
    case classified
    /// It holds nothing that the model reads.
    case empty
    /// Nothing in it is known to the model.
    case unknown
    /// It is longer than is to be read.
    case tooLong
}
