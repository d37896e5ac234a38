package import StrictJSON

/// What a load was and how the service fared.
package struct LoadReport: Sendable {
    /// Raised when a reader of older reports would misunderstand a newer one.
    static let schema = 1
    /// A generator this late, in milliseconds, in one of a hundred requests measures itself.
    static let latenessLimit = 10.0

    let parameters: LoadParameters
    let measurement: LoadMeasurement
    let probes: [LoadProbe]

    init(_ parameters: LoadParameters, _ measurement: LoadMeasurement, probes: [LoadProbe]) {
        self.parameters = parameters
        self.measurement = measurement
        self.probes = probes
    }

    package var isInterrupted: Bool { measurement.isInterrupted }

    /// Every request was answered with an outcome.
    package var isAllGood: Bool {
        measurement.tally.isAccounted && measurement.tally.count(where: \.isOutcome) == measurement.tally.requests
    }

    /// What a reader must know before believing the figures.
    var warnings: [String] {
        let tally = measurement.tally
        var warnings: [String] = []
        if !tally.isAccounted { warnings.append("the endings do not add up to the requests: a fault of this program") }
        if tally.lateness.count > 0, tally.lateness.percentile(99) > Self.latenessLimit {
            warnings.append("the generator was late itself: the latencies are partly its own")
        }
        let missing = tally.requests - tally.count(where: \.isAnswer)
        if missing > 0 {
            warnings.append("the percentiles leave out \(missing) of \(tally.requests) requests, which had no answer")
        }
        return warnings
    }
}

extension LoadReport {
    package var json: JSONObject {
        let tally = measurement.tally
        return [
            "schema": JSONValue(Self.schema),
            "url": .string(parameters.target.url),
            "queries": .object([
                "source": .string(parameters.queries.source), "count": JSONValue(parameters.queries.texts.count),
            ]),
            "connections": JSONValue(parameters.connections),
            "seed": JSONValue(parameters.seed),
            "seconds": .number(significant(measurement.seconds)),
            "warm_up_seconds": .number(parameters.warmUp),
            "interrupted": .bool(isInterrupted),
            "rate_asked": .number(significant(measurement.rate)),
            "answers_per_second": .number(significant(measurement.answersPerSecond)),
            "successes_per_second": .number(significant(measurement.successesPerSecond)),
            "requests": JSONValue(tally.requests),
            "accounted": .bool(tally.isAccounted),
            "endings": .object(
                JSONObject(
                    uniqueMembers: LoadEnding.allCases.map { .init(key: $0.rawValue, value: JSONValue(tally[$0])) }
                )
            ),
            "unsent": JSONValue(tally.unsent),
            "reopened_connections": JSONValue(tally.reopened),
            "latency_ms": tally.latency.json,
            "service_time_ms": tally.serviceTime.json,
            "refusal_latency_ms": tally.refusalLatency.json,
            "generator_lateness_ms": tally.lateness.json,
            "generator": .object([
                "threads": JSONValue(parameters.threads),
                "processor_seconds": .number(significant(measurement.processorSeconds)),
            ]),
            "server": parameters.serverProcess.map { server($0) } ?? .null,
            "probes": .array(probes.map { .object($0.json) }),
            "warnings": .array(warnings.map { .string($0) }),
        ]
    }

    private func server(_ process: Int) -> JSONValue {
        guard let usage = measurement.server else { return .object(["pid": JSONValue(process), "ended": true]) }
        return .object([
            "pid": JSONValue(process),
            "ended": false,
            "processor_seconds": .number(significant(usage.processorSeconds)),
            "resident_bytes": JSONValue(usage.residentBytes),
            "peak_resident_bytes": JSONValue(usage.peakBytes),
        ])
    }
}

extension Latencies {
    /// Milliseconds; null where nothing was recorded.
    fileprivate var json: JSONValue {
        guard count > 0 else { return .null }
        let figures = LoadReport.percentiles.map { percent, name in
            JSONObject.Member(key: name, value: .number(significant(percentile(percent))))
        }
        return .object(JSONObject(uniqueMembers: figures))
    }
}

extension LoadProbe {
    fileprivate var json: JSONObject {
        [
            "rate": .number(significant(rate)), "seconds": .number(significant(seconds)),
            "p99_ms": p99.map { .number(significant($0)) } ?? .null,
            "requests": JSONValue(requests), "failures": JSONValue(failures), "held": .bool(isHeld),
        ]
    }
}
