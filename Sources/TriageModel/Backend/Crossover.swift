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

/// Finds a crossover by measuring. The time that passes is bounded by a few runs of the greatest call on the CPU.
struct CrossoverMeasurement {
    /// Tokens of the smallest and of the greatest call that are tried; each size is twice the one before.
    static let sizes = 256...8_192
    /// What takes so long is not run more often than necessary.
    private static let patience = Duration.milliseconds(40)

    let cpu: any EncoderBackend
    let device: any EncoderBackend
    let configuration: EncoderConfiguration
    let threads: Int
    /// The time since some moment.
    let now: @Sendable () -> Duration

    /// The least of the sizes from which on the device wins; nil where it does not win with the greatest.
    func threshold(_ stage: EncoderStage) throws(EncoderError) -> Int? {
        // The CPU's time grows with the tokens once every thread has some batches.
        let sample = Self.sizes.lowerBound * threads
        let work = call(of: sample, for: cpu)
        _ = try time(stage, work, on: cpu)
        let cpuTime = try median(stage, work, on: cpu) / sample

        var calls: [(size: Int, batches: [TokenBatch])] = []
        var size = Self.sizes.lowerBound
        while size <= Self.sizes.upperBound {
            let batches = call(of: size, for: device)
            // Warms up. A device that takes longer, twice, than the CPU with the greatest call will not win with that.
            let limit = cpuTime * Self.sizes.upperBound
            if try time(stage, batches, on: device) >= limit, try time(stage, batches, on: device) >= limit {
                return nil
            }
            calls.append((size, batches))
            size *= 2
        }
        var threshold: Int?
        for (size, batches) in calls.reversed() {
            guard try median(stage, batches, on: device) < cpuTime * size else { break }
            threshold = size
        }
        return threshold
    }

    /// The batches of a call of `size` tokens in short texts, as they are formed for `backend`.
    private func call(of size: Int, for backend: any EncoderBackend) -> [TokenBatch] {
        let length = min(16, configuration.maximumPositions)
        let lengths = [Int](repeating: length, count: size / length)
        let groups = TextGroups(
            tokenCounts: lengths,
            preferredTokenCount: backend.preferredTokenCount,
            minimumTokenCount: backend.minimumTokenCount,
            threads: threads
        )
        return groups.ranges.map { TokenBatch.sample(Array(lengths[$0]), configuration, seed: UInt64($0.lowerBound)) }
    }

    /// Of three runs, or the first where that is slow.
    private func median(
        _ stage: EncoderStage,
        _ batches: [TokenBatch],
        on backend: any EncoderBackend
    ) throws(EncoderError) -> Duration {
        let first = try time(stage, batches, on: backend)
        guard first < Self.patience else { return first }
        return [first, try time(stage, batches, on: backend), try time(stage, batches, on: backend)].sorted()[1]
    }

    private func time(
        _ stage: EncoderStage,
        _ batches: [TokenBatch],
        on backend: any EncoderBackend
    ) throws(EncoderError) -> Duration {
        let start = now()
        _ = try ThreadPool.shared.map(count: batches.count, threads: threads) { index throws(EncoderError) in
            var output = EncoderOutput()
            switch stage {
            case .first: try backend.runFirstStage(batches[index], into: &output.logits)
            case .whole: try backend.run(batches[index], threads: threads, into: &output)
            }
        }
        return now() - start
    }
}
