extension Tokenizer {
    /// The ids of a text, or of a pair of texts. See `encode(_:pair:maximumLength:into:)`.
    package func encode(_ text: String, pair: String? = nil, maximumLength: Int? = nil) -> Encoding {
        var encoding = Encoding()
        encode(text, pair: pair, maximumLength: maximumLength, into: &encoding)
        return encoding
    }

    /// Replaces the contents of `encoding` by the ids of a text, or of a pair of texts. ASCII text allocates nothing once
    /// `encoding` has the capacity.
    ///
    /// `String` is valid UTF-8. Bytes of unknown origin become one by `String(decoding:as:)`, which puts U+FFFD where
    /// they are not; BertNormalizer's `clean_text` then removes that character.
    ///
    /// - Parameter maximumLength: ids at most, special tokens included, instead of the file's `truncation.max_length`; which ids are
    ///   left out is still as the file says (LongestFirst, from the right, when it says nothing). The result is never longer, even where that
    ///   costs special tokens.
    package func encode(
        _ text: String,
        pair: String? = nil,
        maximumLength: Int? = nil,
        into encoding: inout Encoding
    ) {
        encoding.removeAll()
        let template = pair == nil ? postProcessor.single : postProcessor.pair
        let maximum = (maximumLength ?? truncation.maximumLength).map { max(0, $0) }
        let budget = maximum.map { max(0, $0 - template.specialCount) } ?? Int.max

        for special in template.leading { encoding.ids.append(special.id) }
        let firstStart = encoding.ids.count
        // What is cut off at the end of a single text need not be made; of two, both lengths decide.
        let limit =
            pair == nil && truncation.direction == .right && budget < Int.max - firstStart
            ? firstStart + budget : Int.max
        append(template.isReversed ? pair ?? "" : text, to: &encoding, limit: limit)
        let firstCount = encoding.ids.count - firstStart
        for special in template.middle { encoding.ids.append(special.id) }
        let secondStart = encoding.ids.count
        if let pair { append(template.isReversed ? text : pair, to: &encoding, limit: Int.max) }
        let secondCount = encoding.ids.count - secondStart

        let kept = kept(firstCount, pair == nil ? nil : secondCount, template.isReversed, budget)
        drop(secondCount - kept.second, of: secondStart..<(secondStart + secondCount), from: &encoding)
        drop(firstCount - kept.first, of: firstStart..<(firstStart + firstCount), from: &encoding)
        for special in template.trailing { encoding.ids.append(special.id) }

        for special in template.leading { encoding.segmentIds.append(special.segment) }
        encoding.segmentIds.append(contentsOf: repeatElement(template.firstSegment, count: kept.first))
        for special in template.middle { encoding.segmentIds.append(special.segment) }
        encoding.segmentIds.append(contentsOf: repeatElement(template.secondSegment, count: kept.second))
        for special in template.trailing { encoding.segmentIds.append(special.segment) }

        if let maximum, encoding.ids.count > maximum {
            encoding.isTruncated = true
            encoding.ids.removeLast(encoding.ids.count - maximum)
            encoding.segmentIds.removeLast(encoding.segmentIds.count - maximum)
        }
    }

    /// How many ids stay of what comes first and second in the encoding.
    private func kept(_ first: Int, _ second: Int?, _ isReversed: Bool, _ budget: Int) -> (first: Int, second: Int) {
        guard let second else { return (min(first, budget), 0) }
        if !isReversed { return truncation.kept(ofFirst: first, second: second, budget: budget) }
        let kept = truncation.kept(ofFirst: second, second: first, budget: budget)
        return (kept.second, kept.first)
    }

    /// Takes `count` ids of `range` out, at its end or its beginning as the direction says.
    private func drop(_ count: Int, of range: Range<Int>, from encoding: inout Encoding) {
        guard count > 0 else { return }
        encoding.isTruncated = true
        switch truncation.direction {
        case .right: encoding.ids.removeSubrange((range.upperBound - count)..<range.upperBound)
        case .left: encoding.ids.removeSubrange(range.lowerBound..<(range.lowerBound + count))
        }
    }

    /// Appends the ids of a text without special tokens around; may stop once there are more than `limit`.
    private func append(_ text: String, to encoding: inout Encoding, limit: Int) {
        let bytes = text.utf8.span
        let need = need(of: bytes, 0..<bytes.count)
        if need & ByteNeed.rawTokens == 0 {
            append(bytes, 0..<bytes.count, need, to: &encoding, limit: limit)
            return
        }
        rawTokens.split(bytes) { part in
            switch part {
            case .text(let range): append(bytes, range, self.need(of: bytes, range), to: &encoding, limit: limit)
            case .token(let id): encoding.ids.append(id)
            }
            return encoding.ids.count <= limit
        }
    }

    private func need(of bytes: Span<UInt8>, _ range: Range<Int>) -> UInt8 {
        let table = needs.span
        var need: UInt8 = 0
        for index in range { need |= table[Int(bytes[index])] }
        return need
    }

    /// Appends the ids of text in which no added token is to be sought any more before normalisation.
    private func append(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        _ need: UInt8,
        to encoding: inout Encoding,
        limit: Int
    ) {
        if need & ByteNeed.normalization == 0 {
            model.append(bytes, range, folding: folding.span, to: &encoding.ids, limit: limit)
            return
        }
        var normalized: [UInt8] = []
        swap(&normalized, &encoding.normalized)
        normalized.removeAll(keepingCapacity: true)
        if let normalizer {
            normalizer.normalize(bytes, range, into: &normalized)
        } else {
            for index in range { normalized.append(bytes[index]) }
        }
        append(normalized: normalized.span, to: &encoding, limit: limit)
        swap(&normalized, &encoding.normalized)
    }
    private func append(normalized bytes: Span<UInt8>, to encoding: inout Encoding, limit: Int) {
        let identity = ByteTable.identity
        if normalizedTokens.isEmpty {
            model.append(bytes, 0..<bytes.count, folding: identity.span, to: &encoding.ids, limit: limit)
            return
        }
        normalizedTokens.split(bytes) { part in
            switch part {
            case .text(let range):
                model.append(bytes, range, folding: identity.span, to: &encoding.ids, limit: limit)
            case .token(let id): encoding.ids.append(id)
            }
            return encoding.ids.count <= limit
        }
    }
}
