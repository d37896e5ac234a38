/// The token ids of a text or a pair of texts, special tokens included, without padding.
///
/// A value is meant to be used again and again with `Tokenizer.encode(_:pair:maximumLength:into:)`: it keeps its storage.
package struct Encoding: Sendable, Equatable {
    package var ids: [UInt32] = []
    /// For each id the segment it belongs to, as the post-processor says: usually 0 for the first text, 1 for the second.
    package var segmentIds: [UInt8] = []
    /// Whether ids were left out to respect the maximum length.
    package var isTruncated = false

    /// Normalised UTF-8 of text that is not plain ASCII; kept for its capacity only.
    var normalized: [UInt8] = []

    package init() {}

    /// Empties the encoding and keeps its capacity.
    package mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        segmentIds.removeAll(keepingCapacity: true)
        normalized.removeAll(keepingCapacity: true)
        isTruncated = false
    }

    package static func == (left: Encoding, right: Encoding) -> Bool {
        left.ids == right.ids && left.segmentIds == right.segmentIds && left.isTruncated == right.isTruncated
    }
}
