import CommandSupport

extension LoadReport {
    /// With the name each has in a report.
    static let percentiles = [
        (50.0, "p50"), (90, "p90"), (95, "p95"), (99, "p99"), (99.9, "p99.9"), (100, "max"),
    ]

    /// For people.
    package var text: String {
        facts.map { "\($0.padded(to: 12))\(visible($1))\n" }.joined() + "\n"
            + [endings, latencies].map(\.text).joined(separator: "\n")
    }

    private var facts: [(String, String)] {
        let tally = measurement.tally
        let texts = "\(grouped(parameters.queries.texts.count)) texts, \(parameters.queries.source)"
        return [
            ("Service", "\(parameters.target.url), \(grouped(parameters.connections)) connections"),
            ("Load", "Poisson arrivals, seed \(parameters.seed); \(texts)"),
            (
                "Rate",
                "\(figure(measurement.rate))/s asked for \(figure(measurement.seconds)) s after "
                    + "\(figure(parameters.warmUp)) s of warm-up; answered \(figure(measurement.answersPerSecond))/s, "
                    + "of these 2xx \(figure(measurement.successesPerSecond))/s"
            ),
            (
                "Requests",
                "\(grouped(tally.requests)), \(tally.isAccounted ? "each ended in one way" : "NOT ACCOUNTED FOR")"
                    + "\(tally.unsent > 0 ? "; \(grouped(tally.unsent)) found no free connection" : "")"
                    + "\(tally.reopened > 0 ? "; connections reopened: \(grouped(tally.reopened))" : "")"
            ),
        ] + server
            + [("Generator", "\(figure(measurement.processorSeconds)) s of processor time\(perRequest)")] + search
            + (isInterrupted ? [("Interrupted", "by a signal; what was under way counts as unanswered")] : [])
            + warnings.map { ("Warning", $0) }
    }

    private var perRequest: String {
        let requests = measurement.tally.requests
        guard requests > 0 else { return "" }
        return ", \(figure(measurement.processorSeconds * 1e6 / Double(requests))) µs a request"
    }

    private var search: [(String, String)] {
        guard let search = parameters.search else { return [] }
        let limit = figure(search.limitMilliseconds)
        return [
            ("Search", "\(probes.count) runs for p99 under \(limit) ms and every answer an outcome; this is the last")
        ]
    }

    private var server: [(String, String)] {
        guard let process = parameters.serverProcess else { return [] }
        guard let usage = measurement.server else { return [("Server", "process \(process) has ended")] }
        return [
            (
                "Server",
                "process \(process): \(figure(usage.processorSeconds)) s of processor time, "
                    + "\(figure(Double(usage.residentBytes) / 1e6)) MB resident, at most "
                    + "\(figure(Double(usage.peakBytes) / 1e6)) MB"
            )
        ]
    }

    private var endings: Table {
        let tally = measurement.tally
        // The four outcomes always, so that a 0 is seen.
        let shown = LoadEnding.allCases.filter { $0.isOutcome || tally[$0] > 0 }
        return Table(
            title: "How requests ended",
            heads: ["", "requests", "share"],
            rows: shown.map { ending in
                let share = tally.requests > 0 ? percent(Double(tally[ending]) / Double(tally.requests)) : ""
                return [ending.description, grouped(tally[ending]), share]
            }
        )
    }

    private var latencies: Table {
        let tally = measurement.tally
        let rows = [
            ("2xx, since the request was due", tally.latency), ("2xx, since it was sent", tally.serviceTime),
            ("other answers, since due", tally.refusalLatency),
            ("the generator's own lateness", tally.lateness),
        ]
        return Table(
            title: "Latency in ms, corrected for coordinated omission where since due",
            heads: [""] + Self.percentiles.map(\.1),
            rows: rows.filter { $0.1.count > 0 }.map { name, latencies in
                [name] + Self.percentiles.map { figure(latencies.percentile($0.0)) }
            }
        )
    }
}
