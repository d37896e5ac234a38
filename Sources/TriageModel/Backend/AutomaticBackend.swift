package import Encoder
import Parallelism
import Synchronization

/// A device, ready to run, that nothing has been compared with yet.
package struct OpenedDevice: Sendable {
    let backend: any EncoderBackend
    /// Names the device and its driver, so that what was measured of it is known again.
    let identity: String
    /// Called once the device has been used: keeps what it has compiled for the next process.
    let keepShaders: @Sendable () -> Void

    package init(
        _ backend: any EncoderBackend,
        identity: String,
        keepShaders: @escaping @Sendable () -> Void = {}
    ) {
        self.backend = backend
        self.identity = identity
        self.keepShaders = keepShaders
    }
}

/// The CPU, and for calls that are large enough a device; see ``Backend/auto``.
package final class AutomaticBackend: EncoderBackend {
    private enum State {
        /// Not asked for yet, or not worth asking.
        case closed
        /// A caller prepares the device; for all others there is the CPU.
        case preparing
        case open(GuardedDevice)
        /// For ever, for this reason.
        case unusable(String)
    }

    private struct Shared {
        var state = State.closed
        var crossover: Crossover?
        var hasReadFile = false
        /// Tokens that the device might have been better for.
        var tokens = 0
    }

    /// To open a device takes about as long as one core takes for so many tokens of a small model. Once the calls that the
    /// device might win add up to that, it is opened, so that in all no more than twice the least possible time is spent.
    static let worthwhileTokenCount = 16_384

    package let cpu: any EncoderBackend
    private let configuration: EncoderConfiguration
    private let hasFirstStage: Bool
    private let file: @Sendable () -> CrossoverFile?
    private let now: @Sendable () -> Duration
    private let open: @Sendable () throws(EncoderError) -> OpenedDevice
    private let shared = Mutex(Shared())

    /// `file`: where crossovers are remembered; asked for before `open`. `open`: makes the device's backend; called once at a
    /// time, and after a failure never again. `now`: the time since some moment.
    init(
        cpu: any EncoderBackend,
        configuration: EncoderConfiguration,
        hasFirstStage: Bool,
        file: @escaping @Sendable () -> CrossoverFile?,
        now: @escaping @Sendable () -> Duration = { [start = ContinuousClock.now] in ContinuousClock.now - start },
        open: @escaping @Sendable () throws(EncoderError) -> OpenedDevice
    ) {
        self.cpu = cpu
        self.configuration = configuration
        self.hasFirstStage = hasFirstStage
        self.file = file
        self.now = now
        self.open = open
    }

    /// Of the CPU, which runs small calls.
    package var name: String { cpu.name }
    package var preferredTokenCount: Int { cpu.preferredTokenCount }
    package var minimumTokenCount: Int { cpu.minimumTokenCount }

    /// Why the device is not used; nil while it is, and while it was not looked for.
    package var notice: String? {
        shared.withLock { shared in
            switch shared.state {
            case .unusable(let reason): reason
            case .open(let device): device.failure
            case .closed, .preparing: nil
            }
        }
    }

    package func backend(for stage: EncoderStage, tokenCount: Int, threads: Int) -> any EncoderBackend {
        guard tokenCount >= CrossoverMeasurement.sizes.lowerBound else { return cpu }
        let threads = min(max(threads, 1), ThreadPool.shared.threads)
        return choose(stage, tokenCount, threads) ?? cpu
    }

    /// Looks for the device now, whatever there is to do: the tokens of a call with so many threads from which on the device
    /// runs it, nil where it does not.
    package func prepare(threads: Int) -> Int? {
        let threads = min(max(threads, 1), ThreadPool.shared.threads)
        _ = choose(.whole, Self.worthwhileTokenCount, threads)
        return shared.withLock { shared in
            guard case .open(let device) = shared.state, device.failure == nil else { return nil }
            return shared.crossover?.thresholds[threads]?.whole
        }
    }

    package func run(_ batch: TokenBatch, threads: Int, into output: inout EncoderOutput) throws(EncoderError) {
        let backend = backend(for: .whole, tokenCount: batch.tokenCount, threads: threads)
        _ = try backend.withFallback { backend throws(EncoderError) in
            try backend.run(batch, threads: threads, into: &output)
        }
    }

    package func runFirstStage(_ batch: TokenBatch, into outputs: inout [Float]) throws(EncoderError) {
        let backend = backend(for: .first, tokenCount: batch.tokenCount, threads: 1)
        _ = try backend.withFallback { backend throws(EncoderError) in
            try backend.runFirstStage(batch, into: &outputs)
        }
    }

    // MARK: Choosing

    /// The device where it is to run the call; prepares it where that is due.
    private func choose(_ stage: EncoderStage, _ tokenCount: Int, _ threads: Int) -> GuardedDevice? {
        enum Step {
            case use(GuardedDevice?)
            case prepare(GuardedDevice?)
        }
        let step: Step = shared.withLock { shared in
            if case .open(let device) = shared.state, let failure = device.failure { shared.state = .unusable(failure) }
            if case .unusable = shared.state { return .use(nil) }
            if case .preparing = shared.state { return .use(nil) }
            if !shared.hasReadFile {
                shared.crossover = file()?.read()
                shared.hasReadFile = true
            }
            let known = shared.crossover?.thresholds[threads]
            if let known, tokenCount < known[stage] ?? .max { return .use(nil) }
            if case .open(let device) = shared.state {
                if known != nil { return .use(device) }
                shared.state = .preparing
                return .prepare(device)
            }
            shared.tokens += tokenCount
            guard shared.tokens >= Self.worthwhileTokenCount else { return .use(nil) }
            shared.state = .preparing
            return .prepare(nil)
        }
        switch step {
        case .use(let device): return device
        case .prepare(let device):
            prepare(device, threads)
            // Once more, with what is known now.
            let known = shared.withLock { shared -> (GuardedDevice, Int)? in
                guard case .open(let device) = shared.state,
                    let threshold = shared.crossover?.thresholds[threads]?[stage]
                else { return nil }
                return (device, threshold)
            }
            return known.flatMap { tokenCount >= $0.1 ? $0.0 : nil }
        }
    }

    /// Opens the device unless it is, and measures it for so many threads unless that is remembered. The state is
    /// `.preparing` until it ends.
    private func prepare(_ opened: GuardedDevice?, _ threads: Int) {
        do throws(EncoderError) {
            let device = if let opened { opened } else { try openAndTest() }
            let remembered = shared.withLock { $0.crossover }
            var crossover =
                remembered?.device == device.identity ? remembered ?? .init(device: "") : .init(device: device.identity)
            if crossover.thresholds[threads] == nil {
                crossover.thresholds[threads] = try measure(device, threads)
                file()?.write(crossover)
            }
            let isWinning = crossover.thresholds.values.contains { $0.first != nil || $0.whole != nil }
            shared.withLock { [crossover] shared in
                shared.crossover = crossover
                // A device that never wins gives its memory back.
                shared.state = isWinning ? .open(device) : .closed
                shared.tokens = 0
            }
        } catch {
            let reason = error.description
            shared.withLock { $0.state = .unusable(reason) }
        }
    }

    private func openAndTest() throws(EncoderError) -> GuardedDevice {
        let opened = try open()
        try SelfTest(configuration, hasFirstStage: hasFirstStage, isExact: cpu.isExact).run(
            opened.backend,
            against: cpu
        )
        opened.keepShaders()
        return GuardedDevice(opened.backend, identity: opened.identity, fallback: cpu)
    }

    private func measure(_ device: GuardedDevice, _ threads: Int) throws(EncoderError) -> Crossover.Thresholds {
        let measurement = CrossoverMeasurement(
            cpu: cpu,
            device: device.device,
            configuration: configuration,
            threads: threads,
            now: now
        )
        var thresholds = Crossover.Thresholds()
        if hasFirstStage { thresholds.first = try measurement.threshold(.first) }
        thresholds.whole = try measurement.threshold(.whole)
        return thresholds
    }
}
