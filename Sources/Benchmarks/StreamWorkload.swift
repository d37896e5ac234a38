import CommandSupport
import Parallelism
import Synchronization
import TriageModel
import TriageRouter

/// Text in, decision out.
struct StreamWorkload: Workload {
    enum Mode: String, CaseIterable {
        /// Each thread decides on one text after the other.
        case oneByOne = "one by one"
        /// One text after the other, on each of which all threads work.
        case together = "all on one"
        /// Many texts a call, which the library spreads over threads and batches.
        case batched
    }

    /// Of a batched call, so that a deadline is kept.
    private static let maximumTexts = 1024

    let mode: Mode
    let threads: Int
    /// That can be busy at once.
    let cores = UsableCores.current().count
    let router: Router
    let texts: [String]
    /// Of the subject, which part of the model is measured; empty for a model that has but one.
    let stage: String

    let section = Section.stream
    /// High percentiles need many queries.
    let weight = 3.0

    var subject: String { "\(mode.rawValue), \(threads) \(threads == 1 ? "thread" : "threads")\(stage)" }

    func run(until deadline: Deadline) throws -> Sample {
        let start = ContinuousClock.now
        let tally =
            switch mode {
            case .oneByOne: try oneByOne(until: deadline)
            case .together: try Self.decide(texts, from: 0, router, threads: threads, until: deadline)
            case .batched: try batched(until: deadline)
            }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let perToken = router.model.files.configuration.encoder.linearMultiplyAccumulatesPerToken
        let tokensPerSecond = Double(tally.tokens) / seconds
        var sample = Sample()
        // A first stage spares most texts the linear layers.
        if !router.model.usesFirstStage {
            sample.multiplyAccumulates = tokensPerSecond * Double(perToken) / Double(min(threads, cores))
        }
        if mode != .batched {
            sample.figures = zip([.p50, .p95, .p99], [50, 95, 99]).map { ($0, tally.latencies.percentile($1)) }
        }
        sample.figures += [
            (.queriesPerSecond, Double(tally.queries) / seconds), (.tokensPerSecond, tokensPerSecond),
        ]
        return sample
    }

    private struct Tally: Sendable {
        var queries = 0
        var tokens = 0
        var latencies = Latencies()

        /// Counts a decision that was made.
        mutating func add(_ decision: RouteDecision) throws(ModelError) {
            if let failure = decision.failure { throw ModelError(path: "", reason: failure) }
            queries += 1
            tokens += decision.classification.tokenCount
        }

        mutating func add(_ other: Tally) {
            queries += other.queries
            tokens += other.tokens
            latencies.add(other.latencies)
        }
    }

    private func oneByOne(until deadline: Deadline) throws -> Tally {
        let results = Mutex<[Result<Tally, ModelError>]>([])
        try runOnThreads(threads) { [router, texts, threads] number in
            let result = Result { () throws(ModelError) in
                let first = texts.count * number / threads
                return try Self.decide(texts, from: first, router, threads: 1, until: deadline)
            }
            results.withLock { $0.append(result) }
        }
        var sum = Tally()
        for result in results.withLock({ $0 }) { sum.add(try result.get()) }
        return sum
    }

    private static func decide(
        _ texts: [String],
        from first: Int,
        _ router: Router,
        threads: Int,
        until deadline: Deadline
    ) throws(ModelError) -> Tally {
        var deadline = deadline
        var tally = Tally()
        var decision = RouteDecision()
        repeat {
            let text = texts[(first + tally.queries) % texts.count]
            let start = ContinuousClock.now
            router.decide(text, threads: threads, into: &decision)
            tally.latencies.record(ContinuousClock.now - start)
            try tally.add(decision)
        } while !deadline.hasPassed()
        return tally
    }

    private func batched(until deadline: Deadline) throws -> Tally {
        var deadline = deadline
        var tally = Tally()
        repeat {
            let first = tally.queries % texts.count
            let part = Array(texts[first..<min(texts.count, first + Self.maximumTexts)])
            for decision in router.decide(part, threads: threads) { try tally.add(decision) }
        } while !deadline.hasPassed()
        return tally
    }
}
