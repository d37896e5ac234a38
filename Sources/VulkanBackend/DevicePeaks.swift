package import Encoder

/// What a device reaches at most, measured with shaders that do nothing else.
package struct DevicePeaks: Sendable {
    /// Bytes read and written, a second, by copies between two buffers, which no cache holds where there is memory enough.
    package let bytesPerSecond: Double
    /// Multiply-accumulates a second with operands in registers; nil for what the device does not do.
    package let rates: [Arithmetic: Double]

    package enum Arithmetic: String, Sendable, CaseIterable {
        case matrix = "matrices of bytes"
        case halfMatrix = "matrices of 16-bit floating point"
        case integerDot = "integer dot product"
        case float = "32-bit floating point"

        /// What the multiply-accumulates of a step of this label are done by.
        package init(of label: String) {
            let shader = label.prefix { $0 != " " }
            if shader.hasSuffix("_matrix") {
                self = .matrix
            } else if shader.hasSuffix("_matrix_half") {
                self = .halfMatrix
            } else {
                self = shader.hasSuffix("_dot") ? .integerDot : .float
            }
        }

        fileprivate var product: IntegerProduct {
            switch self {
            case .matrix: .matrix
            case .halfMatrix: .halfMatrix
            case .integerDot: .dot
            case .float: .float
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
        for arithmetic in DevicePeaks.Arithmetic.allCases where arithmetic.product.isMeasurable(on: device) {
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
        let (pipeline, productsPerRound) = try peakShader(arithmetic, threads: threads)
        let push = PushConstants([results.address], [UInt32(rounds)])
        return try rate(of: workgroups * rounds * productsPerRound) { commands in
            commands.dispatch(pipeline, push, .count(workgroups))
        }
    }

    /// A shader of workgroups of so many threads, and the products that a workgroup adds in a round.
    private func peakShader(
        _ arithmetic: DevicePeaks.Arithmetic,
        threads: Int
    ) throws(EncoderError) -> (Pipeline, productsPerRound: Int) {
        switch arithmetic {
        case .integerDot: return (try Pipeline("peak_dot", [], on: device), 64 * threads)
        case .float: return (try Pipeline("peak_float", [], on: device), 16 * threads)
        case .matrix, .halfMatrix:
            let subgroupSize = device.description.subgroupSize
            guard let shape = arithmetic.product.shape(on: device.description) else {
                throw .unavailable("\(device.description.name) does not multiply \(arithmetic.rawValue)")
            }
            let constants = [shape.rows, shape.columns, shape.inner, subgroupSize, threads].map { UInt32($0) }
            let name = arithmetic == .matrix ? "peak_matrix" : "peak_matrix_half"
            return (
                try Pipeline(name, constants, subgroupSize: subgroupSize, on: device),
                8 * (threads / subgroupSize) * shape.rows * shape.columns * shape.inner
            )
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
            try commands.execute(timeout: VulkanBackend.timeout(of: device.description))
            let elapsed = start.duration(to: .now) / .seconds(1)
            let onDevice = commands.durations().first?.nanoseconds ?? 0
            return onDevice > 0 ? onDevice / 1e9 : elapsed
        }
    }
}

extension IntegerProduct {
    /// Software has matrices by name only, and Mesa's compiler of them fails on sizes that are constants of specialisation.
    fileprivate func isMeasurable(on device: VulkanDevice) -> Bool {
        isPossible(on: device) && (device.kind != .software || self == .dot || self == .float)
    }
}
