import Encoder
import TriageModel
import TriageRouter
import VulkanBackend

/// Text in, decision out, so many texts a call.
struct SweepWorkload: Workload {
    let size: Int
    let router: Router
    let threads: Int
    /// Of the subject, which part of the model is measured; empty for a model that has but one.
    let stage: String
    private let texts: [String]
    /// What the encoder alone runs for these texts, where its time is asked for.
    private let passes: (backend: VulkanBackend, batches: [TokenBatch])?

    let section = Section.sweep
    let weight = 1.0

    var subject: String { Self.subject(size, router.model.backendChoice.backend, stage) }

    static func subject(_ size: Int, _ backend: Backend, _ stage: String) -> String {
        "\(size) \(size == 1 ? "query" : "queries")\(stage), \(backend.rawValue)"
    }

    /// The texts are repeated until there are `size`.
    init(size: Int, router: Router, threads: Int, stage: String, texts: [String]) {
        self.size = size
        self.router = router
        self.threads = threads
        self.stage = stage
        self.texts = (0..<size).map { texts[$0 % texts.count] }
        if !router.model.usesFirstStage, let backend = router.model.encoder as? VulkanBackend {
            passes = (backend, Self.passes(of: self.texts, router.model, limit: backend.preferredTokenCount))
        } else {
            passes = nil
        }
    }

    func run(until deadline: Deadline) throws -> Sample {
        var deadline = deadline
        var latencies = Latencies()
        let start = ContinuousClock.now
        repeat {
            let callStart = ContinuousClock.now
            let decisions = router.decide(texts, threads: threads)
            latencies.record(ContinuousClock.now - callStart)
            if let failure = decisions.lazy.compactMap(\.failure).first {
                throw BenchmarkError("\(subject): \(failure)")
            }
        } while !deadline.hasPassed()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        var sample = Sample()
        sample.figures = [
            (.p50, latencies.percentile(50)), (.queriesPerSecond, Double(latencies.count * size) / seconds),
        ]
        if let passes {
            let steps = try passes.batches.flatMap { try passes.backend.profile($0).steps }
            if !steps.isEmpty { sample.figures.append((.gpuTime, steps.reduce(0) { $0 + $1.nanoseconds } / 1e6)) }
        }
        return sample
    }

    /// The texts' tokens in batches of at most `limit`.
    private static func passes(of texts: [String], _ model: TriageModel, limit: Int) -> [TokenBatch] {
        var batches = [TokenBatch()]
        for text in texts {
            let ids = model.tokenize(text).ids.map { UInt32($0) }
            if batches[batches.count - 1].tokenCount + ids.count > limit { batches.append(TokenBatch()) }
            batches[batches.count - 1].append(ids: ids, segmentIds: [UInt8](repeating: 0, count: ids.count))
        }
        return batches
    }
}

extension BenchmarkReport {
    /// From which size of the sweep on the GPU decides more a second than the CPU, for each stage; empty without a sweep.
    var crossovers: [String] {
        var rates: [String: Double] = [:]
        for measure in measures where measure.key.section == .sweep && measure.key.quantity == .queriesPerSecond {
            rates[measure.key.subject] = measure.value
        }
        return ["", ", first stage", ", whole model"].compactMap { stage in
            let sizes = parameters.batches.sorted().filter { rates[SweepWorkload.subject($0, .cpu, stage)] != nil }
            for backend in Backend.allCases where backend != .cpu {
                let wins = sizes.compactMap { size in
                    rates[SweepWorkload.subject(size, backend, stage)].map { rate in
                        (size: size, isFaster: rate > rates[SweepWorkload.subject(size, .cpu, stage)] ?? .infinity)
                    }
                }
                guard let greatest = wins.last else { continue }
                let part = stage.isEmpty ? "" : "\(stage.dropFirst(2)): "
                guard greatest.isFaster else {
                    return "\(part)\(backend.rawValue) is not faster than the CPU at \(greatest.size) queries a call"
                }
                let lost = wins.last { !$0.isFaster }?.size ?? 0
                let first = wins.first { $0.size > lost }?.size ?? greatest.size
                return "\(part)\(backend.rawValue) is faster than the CPU from \(first) queries a call on"
            }
            return nil
        }
    }
}
