package import Encoder

/// What a device reaches at most, measured with shaders that do nothing else.
package struct DevicePeaks: Sendable {
    /// Bytes read and written, a second, by copies between two buffers, which no cache holds where there is memory enough.
    package let bytesPerSecond: Double
    /// Multiply-accumulates a second with operands in registers; nil for what the device does not do.
    package let rates: [Arithmetic: Double]

    package enum Arithmetic: String, Sendable, CaseIterable {
        case integerDot = "integer dot product"
        case float = "32-bit floating point"

        /// What the multiply-accumulates of a step of this label are done by; nil for one whose peak is not measured.
        package init?(of label: String) {
            guard let shader = label.split(separator: " ").first, !shader.contains("_matrix") else { return nil }
            self = shader.hasSuffix("_dot") ? .integerDot : .float
        }

        fileprivate var shader: String {
            switch self {
            case .integerDot: "peak_dot"
            case .float: "peak_float"
            }
        }

        /// Of each thread of the shader.
        fileprivate var productsPerRound: Int {
            switch self {
            case .integerDot: 64
            case .float: 16
            }
        }
    }

    package init(bytesPerSecond: Double, rates: [Arithmetic: Double]) {
        self.bytesPerSecond = bytesPerSecond
        self.rates = rates
    }
}

extension VulkanBackend {
    /// The device that computes, and how it multiplies integers.
    package var device: VulkanDevice { prepared.device.description }
    package var integerProduct: IntegerProduct { prepared.kernels.product }

    /// Measures the device's peaks, which takes a part of a second on a GPU and no more than a few in software. Where the
    /// device has no clock the host's counts, which adds what a submission costs.
    package func measurePeaks() throws(EncoderError) -> DevicePeaks {
        let meter = PeakMeter(device: prepared.device)
        var rates: [DevicePeaks.Arithmetic: Double] = [:]
        for arithmetic in DevicePeaks.Arithmetic.allCases where arithmetic != .integerDot || device.hasIntegerDot {
            rates[arithmetic] = try meter.multiplyAccumulatesPerSecond(arithmetic)
        }
        return DevicePeaks(bytesPerSecond: try meter.bytesPerSecond(), rates: rates)
    }
}

/// Times shaders that do one thing over and over.
private struct PeakMeter {
    /// A run of less would be much of what comes before and after it.
    private static let enough = 5e-3
    private static let runs = 5
    /// Of two that are copied between.
    private static let bufferBytes = 4 << 20...256 << 20

    let device: Device

    func bytesPerSecond() throws(EncoderError) -> Double {
        let share = min(device.description.memory / 16, device.description.maximumAllocation / 2) & ~0xFFFFF
        let byteCount = min(max(share, Self.bufferBytes.lowerBound), Self.bufferBytes.upperBound)
        let source = try DeviceBuffer(device, byteCount: byteCount, .onDevice)
        let target = try DeviceBuffer(device, byteCount: byteCount, .onDevice)
        let pipeline = try Pipeline("peak_copy", [], on: device)
        let vectors = byteCount / 16
        let push = PushConstants([source.address, target.address], [UInt32(vectors)])
        return try rate(of: 2 * byteCount) { commands in
            commands.dispatch(pipeline, push, .count((vectors + 1023) / 1024))
        }
    }

    func multiplyAccumulatesPerSecond(_ arithmetic: DevicePeaks.Arithmetic) throws(EncoderError) -> Double {
        // As many as fill any device a few times over, for about a millisecond on a large one.
        let isSoftware = device.description.kind == .software
        let workgroups = isSoftware ? 64 : 4096, threads = 256, rounds = isSoftware ? 64 : 1024
        let results = try DeviceBuffer(device, byteCount: 4 * workgroups * threads, .onDevice)
        let pipeline = try Pipeline(arithmetic.shader, [], on: device)
        let push = PushConstants([results.address], [UInt32(rounds)])
        return try rate(of: workgroups * threads * rounds * arithmetic.productsPerRound) { commands in
            commands.dispatch(pipeline, push, .count(workgroups))
        }
    }

    /// Of so many units that `dispatch` processes: the median of a few runs, each long enough to be timed.
    private func rate(of units: Int, _ dispatch: (Commands) -> Void) throws(EncoderError) -> Double {
        var repeats = 1
        while true {
            let run = try timer(repeats, dispatch)
            // The first execution pays for what a device does once.
            _ = try run()
            let first = try run()
            if first < Self.enough, repeats < 4096 {
                repeats *= min(64, max(2, Int(1.2 * Self.enough / max(first, 1e-9))))
                continue
            }
            var times = [first]
            while times.count < Self.runs, times.reduce(0, +) < 0.3 { times.append(try run()) }
            return Double(units * repeats) / times.sorted()[times.count / 2]
        }
    }

    /// What executes `dispatch` so many times, one after the other, and gives the time in seconds.
    private func timer(
        _ repeats: Int,
        _ dispatch: (Commands) -> Void
    ) throws(EncoderError) -> () throws(EncoderError) -> Double {
        let commands = try Commands(device, timedSteps: 1)
        try commands.record { commands in
            for _ in 0..<repeats {
                dispatch(commands)
                commands.barrier()
            }
            commands.timestamp(after: "all")
        }
        return { () throws(EncoderError) in
            let start = ContinuousClock.now
            try commands.execute(timeout: VulkanBackend.timeout)
            let elapsed = start.duration(to: .now) / .seconds(1)
            let onDevice = commands.durations().first?.nanoseconds ?? 0
            return onDevice > 0 ? onDevice / 1e9 : elapsed
        }
    }
}
