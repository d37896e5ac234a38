import Encoder
import Testing

@testable import EncoderTestSupport
@testable import VulkanBackend

/// The fused multiply-add that shaders take apart where the device's is none: once rounded, whatever the operands.
@Suite(.onDevice) struct FloatArithmeticTests {
    @Test func fusedMultiplyAddIsRoundedOnce() throws {
        var generator = Noise.Generator(seed: 1)
        let special: [Float] = [
            0, -0.0, 1, -1, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 0x1.fffffep-1,
            0x1p24,
        ]
        func any() -> Float {
            switch UInt8.random(in: 0..<4, using: &generator) {
            case 0: special[Int.random(in: special.indices, using: &generator)]
            case 1: Float.random(in: -2...2, using: &generator)
            default:
                // Any finite number.
                Float(
                    sign: .plus,
                    exponentBitPattern: UInt.random(in: 0..<255, using: &generator),
                    significandBitPattern: UInt32.random(in: 0..<1 << 23, using: &generator)
                ) * (Bool.random(using: &generator) ? 1 : -1)
            }
        }
        // The last of three kinds all but cancels the product.
        let operands = (0..<60_000).map { index -> (a: Float, b: Float, c: Float) in
            let a = any(), b = any(), product = a * b
            return (a, b, index % 3 == 0 && product.isFinite ? -product.nextUp : any())
        }
        let count = operands.count
        let input = try DeviceWords(operands.flatMap { [$0.a.bitPattern, $0.b.bitPattern, $0.c.bitPattern, 0] })
        let out = try DeviceWords(count: 6 * count)
        try TestDevice.run(
            "probe_fma",
            [],
            [input.address, out.address],
            [UInt32(count)],
            .count((count + 63) / 64)
        )
        let found = Array(out.floats[count..<2 * count])
        let wrong = zip(operands, found).filter { operands, result in
            let expected = operands.c.addingProduct(operands.a, operands.b)
            return bits([expected]) != bits([result]) && !(expected == 0 && result == 0)
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(3)), \(wrong.count) in all")
    }
}
