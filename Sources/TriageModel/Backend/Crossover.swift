import Encoder
import Parallelism

/// From which number of tokens in a call a device is faster than the CPU.
struct Crossover: Sendable, Equatable {
    /// Tokens for each stage; nil where the device does not win.
    struct Thresholds: Sendable, Equatable {
        var first: Int?
        var whole: Int?

        subscript(stage: EncoderStage) -> Int? {
            get { stage == .first ? first : whole }
            set { if stage == .first { first = newValue } else { whole = newValue } }
        }
    }

    /// The device that was measured, and its driver.
    let device: String
    /// By the threads that the CPU may use for the call.
    var thresholds: [Int: Thresholds] = [:]
}

/// Finds a crossover by measuring. The time that passes is bounded by a few runs of the greatest batch.
struct CrossoverMeasurement {
    /// Tokens of the smallest and of the greatest call that are tried; each size is half the next.
    static let sizes = 256...8_192
    /// A device that is still as slow as this is not run more often than necessary.
    private static let patience = Duration.milliseconds(40)

    let cpu: any EncoderBackend
    let device: any EncoderBackend
    let configuration: EncoderConfiguration
    let threads: Int
    /// The time since some moment.
    let now: @Sendable () -> Duration

    /// The least of the sizes from which on the device wins; nil where it does not win with the greatest.
    func threshold(_ stage: EncoderStage) throws(EncoderError) -> Int? {
        let cpuTime = try cpuTimeByToken(stage)
        var threshold: Int?
        var size = Self.sizes.upperBound
        while size >= Self.sizes.lowerBound {
            let calls = call(of: size, for: device)
            guard try time(stage, calls, on: device) < cpuTime * size else { break }
            threshold = size
            size /= 2
        }
        return threshold
    }

    /// The CPU's time grows with the tokens once every thread has some batches.
    private func cpuTimeByToken(_ stage: EncoderStage) throws(EncoderError) -> Duration {
        let size = Self.sizes.lowerBound * threads
        return try time(stage, call(of: size, for: cpu), on: cpu) / size
    }

    /// The batches of a call of `size` tokens in short texts, as they are formed for `backend`.
    private func call(of size: Int, for backend: any EncoderBackend) -> [TokenBatch] {
        let length = min(16, configuration.maximumPositions)
        let lengths = [Int](repeating: length, count: max(1, size / length))
        let groups = TextGroups(
            tokenCounts: lengths,
            preferredTokenCount: backend.preferredTokenCount,
            minimumTokenCount: backend.minimumTokenCount,
            threads: threads
        )
        return groups.ranges.map { TokenBatch.sample(Array(lengths[$0]), configuration, seed: UInt64($0.lowerBound)) }
    }

    /// The median of three runs after one that warms up; that one alone where it is very slow.
    private func time(
        _ stage: EncoderStage,
        _ batches: [TokenBatch],
        on backend: any EncoderBackend
    ) throws(EncoderError) -> Duration {
        var times: [Duration] = []
        for _ in 0..<4 {
            let start = now()
            _ = try ThreadPool.shared.map(count: batches.count, threads: threads) { index throws(EncoderError) in
                var output = EncoderOutput()
                switch stage {
                case .first: try backend.runFirstStage(batches[index], into: &output.logits)
                case .whole: try backend.run(batches[index], threads: threads, into: &output)
                }
            }
            times.append(now() - start)
            if times.count == 2, times[1] > Self.patience { return times[1] }
        }
        return times.dropFirst().sorted()[1]
    }
}
