import Encoder
import Testing

@testable import VulkanBackend

@Suite(.onDevice) struct ProductTests {
    /// All that the device can do, tile by tile; what a driver gets wrong would not be used.
    @Test(arguments: [IntegerProduct.dot, .float])
    func everyShaderOfAProductMultipliesRightly(product: IntegerProduct) throws {
        let device = try TestDevice.device()
        guard product.isPossible(on: device.description) else { return }
        let configuration = try EncoderConfiguration(
            vocabularySize: 1,
            maximumPositions: 1,
            segmentCount: 0,
            hiddenSize: 1,
            layerCount: 1,
            headCount: 1,
            intermediateSize: 1,
            activation: .gelu,
            normEpsilon: 1e-12
        )
        #expect(try Kernels(configuration, product: product, on: device).multiplyRightly())
    }
}
