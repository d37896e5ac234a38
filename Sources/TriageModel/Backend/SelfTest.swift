package import Encoder

/// Compares what a device computes with what the CPU does, on token batches that are the same every time: of lengths that fill
/// the tiles of no kernel, of one token and of hundreds, alone and so many times that they fill the device.
package struct SelfTest: Sendable {
    let batches: [TokenBatch]
    private let hasFirstStage: Bool
    private let isExact: Bool

    /// `isExact`: whether every bit has to agree, as in integers. Otherwise a difference of a thousandth of the largest value
    /// is within what rounding explains.
    package init(_ configuration: EncoderConfiguration, hasFirstStage: Bool, isExact: Bool) {
        self.hasFirstStage = hasFirstStage
        self.isExact = isExact
        let longest = configuration.maximumPositions
        batches = [
            [1], [11], [min(longest, 300)], [2, 33, 65, 129], [3, 5, 7, 15, 17],
        ].enumerated().map { number, lengths in
            TokenBatch.sample(lengths.map { min($0, longest) }, configuration, seed: UInt64(number))
        }
    }

    /// Throws `EncoderError.deviceFailed` where the results differ, and what the backends throw.
    package func run(_ device: any EncoderBackend, against reference: any EncoderBackend) throws(EncoderError) {
        for batch in batches { try run(batch, copies: 1, device, reference) }
        guard let batch = batches.last else { return }
        // A device computes batches of different sizes by different shaders: up to one that fills it. The sequences are
        // the same over and over, so that the reference computes each once.
        var copies = 2
        while 2 * copies * batch.tokenCount <= device.preferredTokenCount {
            try run(batch, copies: copies, device, reference)
            copies *= 2
        }
        let full = device.preferredTokenCount / batch.tokenCount
        if full > 1 { try run(batch, copies: full, device, reference) }
    }

    /// Compares the results of so many copies of a batch, in every stage.
    private func run(
        _ batch: TokenBatch,
        copies: Int,
        _ device: any EncoderBackend,
        _ reference: any EncoderBackend
    ) throws(EncoderError) {
        func repeated(_ values: [Float]) -> [Float] { (0..<copies).flatMap { _ in values } }
        let whole = batch.repeated(copies)
        var found = EncoderOutput(), expected = EncoderOutput()
        try reference.run(batch, threads: .max, into: &expected)
        try device.run(whole, threads: .max, into: &found)
        try compare(found.embeddings, repeated(expected.embeddings), "embeddings", whole, device)
        try compare(found.logits, repeated(expected.logits), "logits", whole, device)
        guard hasFirstStage else { return }
        try reference.runFirstStage(batch, into: &expected.logits)
        try device.runFirstStage(whole, into: &found.logits)
        try compare(found.logits, repeated(expected.logits), "outputs of the first stage", whole, device)
    }

    private func compare(
        _ found: [Float],
        _ expected: [Float],
        _ what: String,
        _ batch: TokenBatch,
        _ device: any EncoderBackend
    ) throws(EncoderError) {
        let fault: String
        if found.count != expected.count {
            fault = "\(found.count) values instead of \(expected.count)"
        } else if isExact {
            let wrong = zip(found, expected).count { $0.bitPattern != $1.bitPattern }
            guard wrong > 0 else { return }
            fault = "\(wrong) of \(expected.count) values differ"
        } else {
            let largest = expected.reduce(0) { max($0, abs($1)) }
            let differences = zip(found, expected).map { abs($0 - $1) }
            // What is not a number is within no limit.
            guard !differences.allSatisfy({ $0 <= largest * 1e-3 }) else { return }
            fault = "values differ by up to \(differences.max() ?? 0), the largest is \(largest)"
        }
        throw .deviceFailed(
            "\(device.name) computes wrongly: in the \(what) of \(batch.sequenceCount) sequences of \(batch.tokenCount) "
                + "tokens \(fault)"
        )
    }
}

extension TokenBatch {
    /// Sequences of these lengths, whose tokens follow from `seed`; the second half of each is segment 1 where the network has
    /// such.
    static func sample(_ lengths: [Int], _ configuration: EncoderConfiguration, seed: UInt64) -> TokenBatch {
        var batch = TokenBatch()
        var state = seed
        for length in lengths {
            let ids = (0..<length).map { _ in
                // Knuth's multiplier and increment for 64 bits.
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt32(truncatingIfNeeded: (state >> 33) % UInt64(configuration.vocabularySize))
            }
            let hasSegments = configuration.segmentCount > 1
            batch.append(ids: ids, segmentIds: (0..<length).map { hasSegments && 2 * $0 >= length ? 1 : 0 })
        }
        return batch
    }

    /// The same sequences so many times.
    func repeated(_ count: Int) -> TokenBatch {
        var batch = TokenBatch()
        for _ in 0..<count {
            for sequence in 0..<sequenceCount {
                let range = range(of: sequence)
                batch.append(ids: ids[range], segmentIds: segmentIds[range])
            }
        }
        return batch
    }
}
