import Encoder
import Testing

@testable import TriageModel

@Suite struct SelfTestTests {
    private func failure(
        of device: MeteredBackend,
        isExact: Bool = true,
        hasFirstStage: Bool = true
    ) throws -> EncoderError? {
        let test = SelfTest(try .tiny, hasFirstStage: hasFirstStage, isExact: isExact)
        do throws(EncoderError) { try test.run(device, against: MeteredBackend()) } catch { return error }
        return nil
    }

    @Test func whatComputesTheSamePasses() throws {
        let device = MeteredBackend(preferredTokenCount: 512)
        #expect(try failure(of: device) == nil)
        #expect(device.runs == 16)
        let whole = MeteredBackend(preferredTokenCount: 512)
        #expect(try failure(of: whole, hasFirstStage: false) == nil)
        #expect(whole.runs == 8)
    }

    /// In whatever batch it is, and in the first stage too.
    @Test(arguments: 0..<16) func aSingleBitIsFound(run: Int) throws {
        let device = MeteredBackend("vulkan-int8", preferredTokenCount: 512) { $0 == run ? .wrong : nil }
        guard case .deviceFailed(let reason) = try failure(of: device) else {
            Issue.record("not found")
            return
        }
        #expect(reason.hasPrefix("vulkan-int8 computes wrongly: in the "))
        #expect(reason.contains(run % 2 == 0 ? "embeddings" : "first stage") && reason.contains(" 1 of "))
        // Floating point may differ by so little.
        let again = MeteredBackend(preferredTokenCount: 512) { $0 == run ? .wrong : nil }
        #expect(try failure(of: again, isExact: false) == nil)
    }

    @Test func floatingPointMayDifferByAThousandth() throws {
        let test = SelfTest(try .tiny, hasFirstStage: false, isExact: false)
        for (factor, passes) in [(Float(1.0005), true), (1.01, false), (.nan, false), (.infinity, false)] {
            let device = Scaled(factor: factor)
            let result = Result { () throws(EncoderError) in try test.run(device, against: MeteredBackend()) }
            switch result {
            case .success: #expect(passes, "\(factor)")
            case .failure(let error):
                #expect(!passes && error.description.contains("computes wrongly"), "\(factor)")
            }
        }
    }

    @Test func lengthsAreWithinTheModelAndTokensWithinItsVocabulary() throws {
        for batch in SelfTest(try .tiny, hasFirstStage: false, isExact: true).batches {
            try batch.validate(for: .tiny)
        }
        let other = SelfTest(try .tiny, hasFirstStage: false, isExact: true).batches
        #expect(other.map(\.ids) == SelfTest(try .tiny, hasFirstStage: true, isExact: true).batches.map(\.ids))
        #expect(Set(other[2].segmentIds) == [0, 1])
    }

    private struct Scaled: EncoderBackend {
        let factor: Float
        let inner = MeteredBackend()
        let name = "scaled"
        let preferredTokenCount = 1
        let minimumTokenCount = 1

        func run(_ batch: TokenBatch, threads: Int, into output: inout EncoderOutput) throws(EncoderError) {
            try inner.run(batch, threads: threads, into: &output)
            output.logits = output.logits.map { $0 * factor }
        }

        func runFirstStage(_ batch: TokenBatch, into outputs: inout [Float]) throws(EncoderError) {}
    }
}
