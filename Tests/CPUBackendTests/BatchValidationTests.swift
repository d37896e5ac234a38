import CPUBackend
import Encoder
import Testing

@testable import EncoderTestSupport

/// What a batch may hold.
@Suite struct BatchValidationTests {
    @Test(arguments: [CPUBackend.Arithmetic.int8, .float32])
    func unusableBatches(_ arithmetic: CPUBackend.Arithmetic) throws {
        let backend = try TinyNetwork().backend(arithmetic)
        let good = TokenSequence(ids: [1, 2], segmentIds: [0, 1])
        func check(_ bad: TokenSequence, _ reason: String) {
            for sequences in [[bad], [good, bad], [bad, good]] {
                let error = #expect(throws: EncoderError.self) { try backend.results(sequences) }
                guard case .invalidBatch(let found)? = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(found.contains(reason), "\(found)")
            }
        }
        check(TokenSequence(ids: [59, 60], segmentIds: [0, 0]), "token 60 is outside the vocabulary of 60")
        check(TokenSequence(ids: [.max], segmentIds: [0]), "token 4294967295")
        check(TokenSequence(ids: [], segmentIds: []), "is empty")
        check(TokenSequence(ids: [1], segmentIds: [2]), "segment 2 is outside the model's 2")
        check(TokenSequence(ids: [1, 2], segmentIds: [0]), "come with")
        let long = TokenSequence(ids: [UInt32](repeating: 1, count: 49), segmentIds: [UInt8](repeating: 0, count: 49))
        check(long, "has 49 tokens, the model reads 48")
        #expect(try backend.results([good]).count == 1)
    }

    @Test func anEmptyBatchHasNoResults() throws {
        let backend = try TinyNetwork().backend(.int8)
        var output = EncoderOutput()
        var batch = TokenBatch()
        batch.append(ids: [1], segmentIds: [0])
        try backend.run(batch, threads: 1, into: &output)
        try backend.run(TokenBatch(), threads: 1, into: &output)
        #expect(output.embeddings.isEmpty && output.logits.isEmpty)
    }

    @Test func outputsReplaceWhatWasThere() throws {
        let backend = try TinyNetwork().backend(.int8)
        var batch = TokenBatch()
        batch.append(ids: [1, 2, 3], segmentIds: [0, 0, 1])
        var fresh = EncoderOutput(), used = EncoderOutput()
        used.embeddings = [1, 2, 3]
        used.logits = [4]
        try backend.run(batch, threads: 1, into: &fresh)
        try backend.run(batch, threads: 1, into: &used)
        #expect(fresh == used)
        #expect(fresh.embeddings.count == 40 && fresh.logits.count == 3)
    }

    @Test func segmentsChangeTheResult() throws {
        let backend = try TinyNetwork().backend(.int8)
        let plain = TokenSequence(ids: [1, 2, 3], segmentIds: [0, 0, 0])
        let paired = TokenSequence(ids: [1, 2, 3], segmentIds: [0, 0, 1])
        let results = try backend.results([plain, paired])
        #expect(results[0] != results[1])
    }
}
