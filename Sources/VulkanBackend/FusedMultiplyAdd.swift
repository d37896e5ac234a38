import Encoder

/// Whether a device computes a · b + c with one rounding. Vulkan leaves that open, and the definition of the float steps
/// depends on it.
enum FusedMultiplyAdd {
    /// Factors whose product needs 48 bits, and terms that leave only what lies beyond the 24th: rounding the product first
    /// gives 0 or a last bit that is wrong.
    private static let cases = (1...64).flatMap { step in
        let a: Float = 1 + Float(step) * 0x1p-12 + 0x1p-23
        let b: Float = 1 - Float(step) * 0x1p-13 + 0x1p-22
        return [
            Case(a: a, b: b, c: -(a * b)), Case(a: a, b: b, c: 0x1p-24), Case(a: a, b: -b, c: 1 + 0x1p-23),
            Case(a: a * 0x1p40, b: b, c: 0x1p17),
        ]
    }

    private struct Case {
        let a, b, c: Float
    }

    static func isExact(on device: Device) throws(EncoderError) -> Bool {
        let inputs = try DeviceBuffer(device, byteCount: 12 * cases.count, .upload)
        let outputs = try DeviceBuffer(device, byteCount: 4 * cases.count, .download)
        inputs.write(cases.flatMap { [$0.a, $0.b, $0.c] }[...])
        let pipeline = try Pipeline("probe_fma", [], on: device)
        let commands = try Commands(device)
        try commands.record { commands in
            let push = PushConstants([inputs.address, outputs.address], [UInt32(cases.count)])
            commands.dispatch(pipeline, push, .count((cases.count + 63) / 64))
        }
        try commands.execute(timeout: VulkanBackend.timeout)
        var results: [Float] = []
        outputs.append(cases.count, to: &results)
        return zip(cases, results).allSatisfy { $0.c.addingProduct($0.a, $0.b) == $1 }
    }
}
