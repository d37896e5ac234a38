import CommandSupport

extension Benchmark {
    /// What every report states.
    static let warmUp =
        "each measure of each round begins with a tenth of its time, at least one run, that does not count"
}

extension BenchmarkReport {
    /// For people.
    package var text: String {
        facts.map { "\($0.padded(to: 12))\(visible($1))\n" }.joined() + "\n"
            + tables.map(\.text).joined(separator: "\n")
    }

    package var markdown: String {
        let list = facts.map { "- \($0): \(visible($1))\n" }.joined()
        return "## triage bench\n\n" + list + "\n" + tables.map(\.markdown).joined(separator: "\n")
    }

    /// One line a measure.
    package var csv: String {
        let heads = ["section", "subject", "quantity", "unit", "value", "lowest", "highest", "rounds"]
        return csvLine(heads)
            + measures.map { measure in
                let key = measure.key
                return csvLine(
                    [key.section.rawValue, key.subject, key.quantity.rawValue, key.quantity.unit]
                        + [significant(measure.value), measure.lowest, measure.highest].map(\.description)
                        + [String(measure.rounds.count)]
                )
            }.joined()
    }

    private var facts: [(String, String)] {
        let blas = environment.openBLASCore.isEmpty ? "" : ", OpenBLAS \(environment.openBLASCore)"
        let cores = environment.usableCores == 1 ? "1 usable core" : "\(environment.usableCores) usable cores"
        return [
            ("Program", "triage \(environment.version), \(environment.date)"),
            (
                "Machine",
                "\(environment.processor), \(cores), \(environment.instructionSet)\(blas), Linux \(environment.kernel)"
            ),
            ("Model", "\(environment.model) on \(environment.backend), \(environment.identity)"),
            ("Queries", "\(grouped(parameters.queryCount)) texts, \(parameters.querySource)"),
            (
                "Figures",
                "medians of up to \(parameters.rounds) rounds in \(parameters.seconds) s; the spread is from the "
                    + "lowest to the highest round of the first figure"
            ),
            ("Warm-up", Benchmark.warmUp),
        ] + (environment.disturbance.map { [("Warning", $0)] } ?? [])
    }

    /// One a section.
    var tables: [Table] {
        Section.allCases.compactMap { section in
            let measures = measures.filter { $0.key.section == section }
            guard !measures.isEmpty else { return nil }
            let quantities = Quantity.allCases.filter { quantity in measures.contains { $0.key.quantity == quantity } }
            var subjects: [String] = []
            for measure in measures where !subjects.contains(measure.key.subject) {
                subjects.append(measure.key.subject)
            }
            return Table(
                title: title(of: section),
                heads: [""] + quantities.map(\.title) + ["spread"],
                rows: subjects.map { subject in
                    let row = quantities.map { quantity in
                        measures.first { $0.key.subject == subject && $0.key.quantity == quantity }
                    }
                    let spread = row.compactMap { $0 }.first.map(\.spread) ?? ""
                    return [subject] + row.map { $0.map { figure($0.value) } ?? "" } + [spread]
                }
            )
        }
    }

    private func title(of section: Section) -> String {
        switch section {
        case .peaks:
            "Peak of one core (integer: \(environment.integerInstruction); float: \(environment.floatInstruction))"
        case .stream: "Stream: text in, decision out"
        case .router: "Router: what a decision costs above the model, one thread"
        case .shapes: "Shapes: sequences x tokens through the encoder, one thread"
        case .coldStart: "Cold start: a new process, files in the page cache"
        case .memory: "Memory"
        }
    }
}

extension Measure {
    fileprivate var spread: String { rounds.count == 1 ? "" : "\(figure(lowest)) … \(figure(highest))" }
}
