import Encoder
import Tensors

extension Kernels {
    /// With the fastest product of integers that the device computes rightly: what a driver lists it need not be able to.
    /// - Throws: `EncoderError.deviceFailed` where it computes none.
    static func fastest(
        _ configuration: EncoderConfiguration,
        on device: Device
    ) throws(EncoderError) -> Kernels {
        let candidates = IntegerProduct.candidates(on: device.description)
        for product in candidates {
            let kernels = try Kernels(configuration, product: product, on: device)
            if candidates.count == 1 { return kernels }
            do throws(EncoderError) {
                if try kernels.multiplyRightly() { return kernels }
            } catch {
                // A shader that is refused says nothing of the next product; a device that is lost does.
                try device.check()
            }
        }
        throw .deviceFailed("\(device.description.name) computes wrongly: integers that it multiplies")
    }

    /// Whether every shader of the product gives the integers that it should, for a layer that fills no tile.
    func multiplyRightly() throws(EncoderError) -> Bool {
        let inputs = 80, outputs = 70, rows = 130
        // Both extremes are among them.
        let weights = (0..<inputs * outputs).map { Int8($0 * 37 % 255 - 127) }
        let activations = (0..<inputs * rows).map { Int8($0 * 101 % 256 - 128) }
        var expected = [Float](repeating: 0, count: rows * outputs)
        for row in 0..<rows {
            for output in 0..<outputs {
                var sum = 0
                for input in 0..<inputs {
                    sum += Int(activations[row * inputs + input]) * Int(weights[output * inputs + input])
                }
                expected[row * outputs + output] = Float(sum)
            }
        }
        var layout = ArenaLayout()
        guard let shape = try? TensorShape([outputs, inputs]) else { return false }
        let matrix = Tensor(
            littleEndian: weights.map { UInt8(bitPattern: $0) },
            elementType: .int8,
            shape: shape
        )
        let ones = [Float](repeating: 1, count: outputs), zeros = [Float](repeating: 0, count: outputs)
        let layer = try Int8Linear(
            [LinearWeights(weight: .int8(matrix, scales: ones, smoothing: nil), bias: zeros)],
            in: &layout
        )
        let header = layout.add(words: 4) { [UInt32(rows), 0, 0, 0] }
        let quantized = layout.add(words: activations.count / 4) { Int8Linear.words(activations) }
        let parameters = layout.add(words: 2 * rows) { (0..<rows).flatMap { _ in [Float(1).bitPattern, 0] } }
        let arena = try Arena(layout, on: device)
        for kernel in try all(layer) {
            let out = try DeviceBuffer(device, byteCount: 4 * expected.count, .download)
            let regions = [
                header, quantized, parameters, layer.weights, layer.scales, layer.columnSums, layer.bias, layer.bias,
            ]
            let commands = try Commands(device)
            try commands.record { commands in
                commands.dispatch(
                    kernel.pipeline,
                    PushConstants(regions.map { arena[$0] } + [out.address], [Pass.Rows.tokens.rawValue]),
                    kernel.workgroups(rows: rows, outputs: outputs)
                )
            }
            try commands.execute(timeout: VulkanBackend.timeout(of: device.description))
            var found: [Float] = []
            out.append(expected.count, to: &found)
            guard found == expected else { return false }
        }
        return true
    }
}

extension Int8Linear {
    /// Four bytes a word, little end first.
    fileprivate static func words(_ bytes: [Int8]) -> [UInt32] {
        (0..<bytes.count / 4).map { word in
            (0..<4).reduce(0) { $0 | UInt32(UInt8(bitPattern: bytes[4 * word + $1])) << UInt32(8 * $1) }
        }
    }
}
