/// What can go wrong between a batch of tokens and its logits.
package enum EncoderError: Error, Equatable, CustomStringConvertible {
    case invalidConfiguration(String)
    /// A tensor that the network needs is missing or has another shape or type.
    case invalidWeights(String)
    /// A batch that does not fit the network: an unknown token, a sequence that is empty or too long.
    case invalidBatch(String)
    /// The computation left the range of floating point; the weights are broken.
    case notFinite
    /// This machine cannot run what was asked for.
    case unavailable(String)
    /// The device was lost, ran out of memory or time, or computes wrongly; the same batch may be run elsewhere.
    case deviceFailed(String)

    package var description: String {
        switch self {
        case .invalidConfiguration(let reason), .invalidWeights(let reason), .invalidBatch(let reason),
            .unavailable(let reason), .deviceFailed(let reason):
            reason
        case .notFinite: "the model computes values that are not finite: its weights are broken"
        }
    }
}
