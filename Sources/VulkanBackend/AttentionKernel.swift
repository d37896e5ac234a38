import Encoder

extension Kernels {
    /// Of one sequence, whose workgroups are one a head.
    static let queriesPerTask = 16

    /// The shader for attention in floating point or in 8 bits.
    func attention(inInt8: Bool) throws(EncoderError) -> Pipeline {
        let headSize = configuration.hiddenSize / configuration.headCount, queries = Self.queriesPerTask
        /// That a workgroup shares, when it keeps the scores of so many keys.
        func bytes(_ scores: Int) -> Int {
            inInt8
                ? (headSize + 15) / 16 * 16 * (queries + 36) + 8 * headSize + queries * (5 * scores + 12) + 64
                : (headSize + 3) / 4 * 16 * (queries + 33) + 4 * queries * (scores + 9) + 512
        }
        // A longer sequence computes its scores again: in 8 bits twice, in floating point three times.
        let scores = [512, 256, 128, 64].first { bytes($0) <= min(device.description.sharedMemory, 24 << 10) } ?? 32
        guard bytes(scores) <= device.description.sharedMemory else {
            throw .unavailable(
                "heads of \(headSize) values need \(bytes(scores)) bytes that a workgroup shares, "
                    + "\(device.description.name) has \(device.description.sharedMemory)"
            )
        }
        return try float(
            inInt8 ? integerShader("attention_int8") : "attention",
            [configuration.hiddenSize, configuration.headCount, headSize, queries, scores]
        )
    }
}
