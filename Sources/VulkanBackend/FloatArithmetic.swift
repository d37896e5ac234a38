import Encoder

/// What a device's 32-bit floating point does with operands whose results are rounded. Vulkan leaves it to the device
/// whether a fused multiply-add is rounded once or twice, and the definition of the float steps says once.
enum FloatArithmetic {
    /// Whether `fma` is rounded once; where it is not, shaders take it apart.
    /// - Throws: `EncoderError.deviceFailed` where even a product, a sum or a conversion is not what IEEE 754 says.
    static func hasFusedMultiplyAdd(_ device: Device) throws(EncoderError) -> Bool {
        let operands = Self.operands, count = operands.count
        let inputs = try DeviceBuffer(device, byteCount: 16 * count, .upload)
        let outputs = try DeviceBuffer(device, byteCount: 4 * resultCount * count, .download)
        inputs.write(
            operands.flatMap { [$0.a.bitPattern, $0.b.bitPattern, $0.c.bitPattern, UInt32(bitPattern: $0.integer)] }[
                ...
            ]
        )
        let isEmulated: UInt32 = 1
        let pipeline = try Pipeline("probe_fma", [isEmulated], on: device)
        let commands = try Commands(device)
        try commands.record { commands in
            let push = PushConstants([inputs.address, outputs.address], [UInt32(count)])
            commands.dispatch(pipeline, push, .count((count + 63) / 64))
        }
        try commands.execute(timeout: VulkanBackend.timeout(of: device.description))
        var results: [Float] = []
        outputs.append(resultCount * count, to: &results)
        /// Whether the device has computed this of all operands; its results come by what is computed.
        func computes(_ place: Int, _ expected: (Operands) -> Float) -> Bool {
            zip(operands, results[place * count..<(place + 1) * count]).allSatisfy { operands, result in
                expected(operands).bitPattern == result.bitPattern
            }
        }
        guard computes(1, { $0.c.addingProduct($0.a, $0.b) }), computes(2, { $0.a * $0.b }),
            computes(3, { $0.a + $0.c }), computes(4, { $0.a - $0.c }), computes(5, { Float($0.integer) })
        else {
            throw .deviceFailed(
                "\(device.description.name) computes wrongly: 32-bit floating point is not rounded to nearest"
            )
        }
        return computes(0) { $0.c.addingProduct($0.a, $0.b) }
    }

    private static let resultCount = 6

    private struct Operands {
        let a, b, c: Float
        /// Needs more than 24 bits.
        let integer: Int32
    }

    /// Factors whose product needs 48 bits, and terms that leave only what lies beyond the 24th, where rounding the product
    /// first gives 0 or a last bit that is wrong.
    private static let operands = (1...64).flatMap { step in
        let a: Float = 1 + Float(step) * 0x1p-12 + 0x1p-23
        let b: Float = 1 - Float(step) * 0x1p-13 + 0x1p-22
        let integer = Int32(step * 16_777_259)
        return [
            Operands(a: a, b: b, c: -(a * b), integer: integer),
            Operands(a: a, b: b, c: 0x1.8p-24, integer: -integer),
            Operands(a: a, b: -b, c: 1 + 0x1p-23, integer: integer + 1),
            Operands(a: a * 0x1p40, b: b, c: 0x1.000002p17, integer: integer + 2),
        ]
    }
}
