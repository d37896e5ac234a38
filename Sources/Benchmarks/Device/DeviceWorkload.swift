import Encoder
import VulkanBackend

/// One pass over a batch on a device: its time by the host's clock and by the device's own, by shader, and what is
/// written and read before and after.
struct DeviceWorkload: Workload {
    let shape: Shape
    let backend: VulkanBackend
    let latest: LatestPeaks
    private let batch: TokenBatch
    private let work: PassWork

    let section = Section.gpu
    let weight = 1.0

    var subject: String { shape.description }

    init(
        _ shape: Shape,
        backend: VulkanBackend,
        configuration: EncoderConfiguration,
        latest: LatestPeaks
    ) throws(BenchmarkError) {
        guard shape.tokens <= configuration.maximumPositions else {
            throw BenchmarkError("shape \(shape): the model reads at most \(configuration.maximumPositions) tokens")
        }
        guard shape.sequences * shape.tokens <= backend.preferredTokenCount else {
            throw BenchmarkError("shape \(shape): the GPU takes at most \(backend.preferredTokenCount) tokens at once")
        }
        self.shape = shape
        self.backend = backend
        self.latest = latest
        batch = ShapeWorkload.batch(shape, vocabulary: configuration.vocabularySize)
        work = backend.work(of: batch)
    }

    /// One short text, 32, and as many as a pass takes.
    static func defaultShapes(preferredTokenCount: Int) -> [Shape] {
        Set([1, 32, preferredTokenCount / 16]).filter { $0 * 16 <= preferredTokenCount }.sorted().map {
            Shape(sequences: $0, tokens: 16)
        }
    }

    func run(until deadline: Deadline) throws -> Sample {
        var deadline = deadline
        var profiles: [DeviceProfile] = []
        repeat { profiles.append(try backend.profile(batch)) } while !deadline.hasPassed()
        return Self.sample(profiles, tokens: batch.tokenCount, work: work, peaks: latest.peaks)
    }

    /// Of passes over the same batch.
    static func sample(_ profiles: [DeviceProfile], tokens: Int, work: PassWork, peaks: DevicePeaks) -> Sample {
        func milliseconds(_ time: (DeviceProfile) -> Duration) -> Double {
            median(profiles.map { time($0) / .milliseconds(1) })
        }
        let whole = milliseconds { $0.write + $0.execution + $0.read }
        let all = "all", write = "write the batch", read = "read the results"
        var sample = Sample()
        sample.parts = [(all, .p50, whole), (all, .tokensPerSecond, Double(tokens) / whole * 1000)]
        let steps = profiles.flatMap(\.steps)
        if !steps.isEmpty {
            let total = steps.reduce(0) { $0 + $1.nanoseconds }
            sample.parts.append((all, .gpuTime, total / Double(profiles.count) / 1e6))
        }
        for (name, time, bytes) in [
            (write, milliseconds(\.write), profiles[0].bytesWritten),
            (read, milliseconds(\.read), profiles[0].bytesRead),
        ] {
            sample.parts += [(name, .p50, time), (name, .transferred, Double(bytes) / 1e3)]
        }
        for shader in ShaderTimes.table(steps, passes: profiles.count, work: work, peaks: peaks) {
            sample.parts += shader.figures.map { (shader.label, $0, $1) }
        }
        return sample
    }
}
