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
        ] + (environment.device.map { [("GPU", $0.description)] } ?? []) + [
            ("Queries", "\(grouped(parameters.queryCount)) texts, \(parameters.querySource)"),
            (
                "Figures",
                "medians of up to \(parameters.rounds) rounds in \(parameters.seconds) s; the spread is from the "
                    + "lowest to the highest round of the first figure"
            ),
            ("Warm-up", Benchmark.warmUp),
        ] + (environment.disturbance.map { [("Warning", $0)] } ?? []) + notes.map { ("Note", $0) }
    }

    /// What the figures say together.
    var notes: [String] {
        let clock = environment.device.flatMap { device in
            device.timestampPeriod > 0 ? nil : "\(device.name) has no clock: times are the host's alone, none by shader"
        }
        return [clock].compactMap { $0 } + crossovers
    }

    /// One a section.
    var tables: [Table] {
        Section.allCases.flatMap { section -> [Table] in
            let measures = measures.filter { $0.key.section == section }
            guard !measures.isEmpty else { return [] }
            guard section == .gpu else { return [table(title(of: section), measures, name: { $0 })] }
            // A table each of the peaks and of every batch, whose parts are the rows.
            var groups: [Substring] = []
            for measure in measures where !groups.contains(measure.group) { groups.append(measure.group) }
            return groups.map { group in
                table("\(title(of: section)): \(group)", measures.filter { $0.group == group }) { subject in
                    String(subject.dropFirst(group.count + 2))
                }
            }
        }
    }

    /// A row a subject, called as `name` says.
    private func table(_ title: String, _ measures: [Measure], name: (String) -> String) -> Table {
        let quantities = Quantity.allCases.filter { quantity in measures.contains { $0.key.quantity == quantity } }
        var subjects: [String] = []
        for measure in measures where !subjects.contains(measure.key.subject) {
            subjects.append(measure.key.subject)
        }
        return Table(
            title: title,
            heads: [""] + quantities.map(\.title) + ["spread"],
            rows: subjects.map { subject in
                let row = quantities.map { quantity in
                    measures.first { $0.key.subject == subject && $0.key.quantity == quantity }
                }
                let spread = row.compactMap { $0 }.first.map(\.spread) ?? ""
                return [name(subject)] + row.map { $0.map(\.cell) ?? "" } + [spread]
            }
        )
    }

    private func title(of section: Section) -> String {
        switch section {
        case .peaks:
            "Peak of one core (integer: \(environment.integerInstruction); float: \(environment.floatInstruction))"
        case .stream: "Stream: text in, decision out"
        case .router: "Router: what a decision costs above the model, one thread"
        case .shapes: "Shapes: sequences x tokens through the encoder, one caller"
        case .coldStart: "Cold start: a new process, files in the page cache"
        case .memory: "Memory"
        case .gpu: "GPU"
        case .sweep: "Sweep: text in, decision out, by queries a call, all threads"
        }
    }
}

extension ReportedDevice {
    fileprivate var description: String {
        "\(name) (\(kind)), Vulkan \(version), driver \(driver), integers by \(integerProduct)"
    }
}

extension Measure {
    fileprivate var cell: String {
        key.quantity == .count ? grouped(Int(value.rounded())) : figure(value)
    }

    /// What comes before the part in its subject.
    fileprivate var group: Substring { key.subject.prefix { $0 != ":" } }

    fileprivate var spread: String { rounds.count == 1 ? "" : "\(figure(lowest)) … \(figure(highest))" }
}
