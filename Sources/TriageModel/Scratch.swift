import Encoder
import Tokenization

/// What a call needs between text and result; kept for the next call, so that short texts cost no allocation.
final class Scratch {
    var encoding = Encoding()
    var batch = TokenBatch()
    var output = EncoderOutput()
    /// What computed the output.
    var backend = ""
    /// Of the softmax, before they are divided by their sum.
    var weights: [Double] = []

    /// Makes these the batch.
    func fill(_ encodings: some Collection<Encoding>) {
        batch.removeAll()
        for encoding in encodings { batch.append(ids: encoding.ids, segmentIds: encoding.segmentIds) }
    }
}
