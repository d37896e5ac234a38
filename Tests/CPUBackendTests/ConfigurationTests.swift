import Encoder
import Testing

/// The bounds of a network's sizes.
@Suite struct ConfigurationTests {
    private static func error(_ change: (inout Sizes) -> Void) -> EncoderError? {
        var sizes = Sizes()
        change(&sizes)
        do throws(EncoderError) {
            _ = try EncoderConfiguration(
                vocabularySize: sizes.vocabulary,
                maximumPositions: sizes.positions,
                segmentCount: sizes.segments,
                hiddenSize: sizes.hidden,
                layerCount: sizes.layers,
                headCount: sizes.heads,
                intermediateSize: sizes.intermediate,
                activation: .gelu,
                normEpsilon: sizes.epsilon
            )
            return nil
        } catch {
            return error
        }
    }

    private struct Sizes {
        var vocabulary = 10, positions = 10, segments = 0, hidden = 12, layers = 1, heads = 3, intermediate = 5
        var epsilon: Float = 1e-12
    }

    @Test func boundsOfSizes() {
        #expect(Self.error { _ in } == nil)
        #expect(Self.error { $0.heads = 0 } != nil)
        #expect(Self.error { $0.heads = -3 } != nil)
        let reason = "hidden size 12 is not a multiple of the number of heads, 5"
        #expect(Self.error { $0.heads = 5 } == .invalidConfiguration(reason))
        for size in [0, -1, Int.min, Int.max] {
            #expect(Self.error { $0.vocabulary = size } != nil)
            #expect(Self.error { $0.positions = size } != nil)
            #expect(Self.error { $0.hidden = size } != nil)
            #expect(Self.error { $0.layers = size } != nil)
            #expect(Self.error { $0.intermediate = size } != nil)
        }
        #expect(Self.error { $0.segments = -1 } != nil)
        #expect(Self.error { $0.segments = 257 } != nil)
        for epsilon in [0, -1, 1, Float.nan, .infinity] { #expect(Self.error { $0.epsilon = epsilon } != nil) }
    }
}
