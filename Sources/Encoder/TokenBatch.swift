/// Sequences of tokens laid end to end, without padding. Reuse one to keep its storage.
@usableFromInline
package struct TokenBatch: Sendable {
    /// Vocabulary indices of all sequences.
    @usableFromInline package internal(set) var ids: [UInt32] = []
    /// Segment of each token: 0, or 1 in the second text of a pair.
    @usableFromInline package internal(set) var segmentIds: [UInt8] = []
    /// Where each sequence starts in `ids`, and after the last, where it ends: `count + 1` offsets.
    @usableFromInline package internal(set) var offsets: [Int] = [0]

    package init() {}

    package var sequenceCount: Int { offsets.count - 1 }

    package var tokenCount: Int { ids.count }

    package func range(of sequence: Int) -> Range<Int> { offsets[sequence]..<offsets[sequence + 1] }

    @inlinable
    package mutating func append(
        ids newIds: some Collection<UInt32>,
        segmentIds newSegmentIds: some Collection<UInt8>
    ) {
        ids.append(contentsOf: newIds)
        segmentIds.append(contentsOf: newSegmentIds)
        offsets.append(ids.count)
    }

    /// Empties the batch and keeps its capacity.
    package mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        segmentIds.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        offsets.append(0)
    }

    /// Throws `EncoderError.invalidBatch` unless every sequence can be run through a network of this configuration.
    package func validate(for configuration: EncoderConfiguration) throws(EncoderError) {
        guard segmentIds.count == ids.count else {
            throw .invalidBatch("\(ids.count) tokens come with \(segmentIds.count) segments")
        }
        for sequence in 0..<sequenceCount {
            let length = range(of: sequence).count
            guard length > 0 else { throw .invalidBatch("sequence \(sequence) is empty") }
            guard length <= configuration.maximumPositions else {
                throw .invalidBatch(
                    "sequence \(sequence) has \(length) tokens, the model reads \(configuration.maximumPositions)"
                )
            }
        }
        if let id = ids.first(where: { Int($0) >= configuration.vocabularySize }) {
            throw .invalidBatch("token \(id) is outside the vocabulary of \(configuration.vocabularySize)")
        }
        let segmentCount = max(configuration.segmentCount, 1)
        if configuration.segmentCount > 0, let segment = segmentIds.first(where: { Int($0) >= segmentCount }) {
            throw .invalidBatch("segment \(segment) is outside the model's \(segmentCount)")
        }
    }
}
