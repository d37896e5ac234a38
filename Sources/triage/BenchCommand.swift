import ArgumentParser
import Benchmarks
import CommandSupport
import Parallelism
import StrictJSON
import TriageModel

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures how fast a model decides on this machine, or how a service fares under load.",
        discussion: """
            Everything is measured in rounds: in a round each measure is taken once, so that a machine that is slower \
            for a while slows all of them, and each figure is the median of the rounds. The first tenth of the time of \
            each measure, at least one run, is warm-up and does not count. A run takes little more than --seconds, \
            unless one pass over everything takes longer. Runs of a few seconds are for a quick look; leave the \
            machine alone meanwhile.

            EXAMPLES
              triage bench
              triage bench --only stream --threads 1,2,4 --queries queries.jsonl
              triage bench --only shapes --shapes 1x8,1x16,32x128 --seconds 10
              triage bench --json > before.json
              triage bench --compare before.json
              TRIAGE_ISA=avx2 triage bench --markdown
              triage bench --backend vulkan --only gpu --shapes 1x16,1024x16
              triage bench --suite gpu --queries queries.jsonl
              triage bench --serve http://127.0.0.1:8080 --rate 500 --duration 60
              triage bench --serve http://127.0.0.1:8080 --find-rate --pid 4242
              triage bench --serve http://gateway --header "x-key: $KEY" --json

            SECTIONS
              peaks       the greatest rate of multiply-accumulates of one core, of bytes and of 32-bit floating \
            point, with operands in registers; in thousand millions a second. stream and shapes bring them along
              stream      text in, decision out, by number of threads: one by one, where each thread has queries of its \
            own, and all on one, where the threads share each query, with percentiles of the time a query takes \
            (HdrHistogram); and batched; for a model with a first stage with it (as classify decides) and \
            without (as classify --whole), which is what compares with other runtimes. More threads than usable \
            cores are as many callers; nothing else starts more
              router      what a decision takes above the model that it asks: without a policy, by one, and by one of 1,000 \
            rules of all kinds that do not apply; medians over pairs of calls on the same text, in µs
              shapes      token ids through the encoder on one thread, by sequences x tokens
              cold-start  a new process that decides on one query, from before it is executed until it has ended, and \
            the most memory it had resident
              memory      of this process: with the model loaded, and the most of the whole run
              gpu         with --backend vulkan: what the device reaches at most, copying and multiplying; and for each \
            of some batches (--shapes; by default one text, 32, and as many as a pass takes, of 16 tokens) the time by the \
            host's clock and by the device's own, what is written and read, and the passes' time by shader
              sweep       text in, decision out, by queries a call (--batches), on all threads of the CPU and on the \
            backend; with vulkan also the time of the passes alone, by the device's clock; and from which size on the \
            backend is faster. Only where it is asked for
            --suite gpu measures the last two, on --backend vulkan unless another is chosen.
            "% of peak" relates the multiply-accumulates of the linear layers to the integer peak of the cores in use \
            (for --precision f32, to that of floating point). In the section gpu it relates a shader's to what the \
            device reaches in the same arithmetic, and "% of bandwidth" the least bytes that it must read and write to what \
            copies reach; caches can make that more than 100. Elsewhere neither is of a GPU.

            FIELDS OF --json
              schema       1; rises when readers of older files would misunderstand a newer one
              environment  version, date, processor, usable_cores, kernel, core_share (of a core's time; below 1 where \
            other work ran), instruction_set, integer_instruction, float_instruction, openblas_core (null unless \
            f32), model, identity, backend, gpu (name, driver, type, api_version, integer_product, timestamp_nanoseconds; \
            null where the CPU computes)
              parameters   sections, threads, shapes, batches, seconds, rounds, precision, queries (source, count, sha256), \
            warm_up
              measures     a list of {section, subject, quantity, unit, better (lower or higher), value (median), \
            lowest, highest, rounds (the figure of each)}
              notes        a list of what the figures say together, such as where a GPU becomes faster
              comparison   with --compare: differences, warnings, changes {section, subject, quantity, before, now, \
            ratio, lowest_ratio, highest_ratio, verdict}, and how many measures are unmatched

            --compare prints the ratio now / before of each measure that both reports have, with the lowest and \
            highest ratio of any two rounds; only where that interval leaves out 1, and both have several rounds, is \
            it called better or worse. It says so when the two are not of the same processor, instruction set, model \
            or queries. With --csv only the comparison is printed.

            LOAD ON A SERVICE
            --serve measures nothing of the above: it sends texts to a running service, one a request, as \
            {"text": …}, and counts what comes back.
              open loop             requests fall due at random times (Poisson) at --rate, whether or not earlier ones \
            have been answered, as independent callers send them
              coordinated omission  a tool that waits for a slow answer before it asks again leaves out the waits that \
            callers would have had; here latency counts from when a request was due, so that none is left out; the \
            time since it was sent is shown beside it
            Nothing is sent twice. Each request that fell due ends in one way: a status (2xx by outcome), a failure of \
            its connection, or unanswered --drain seconds after the end; "accounted" says that these add up. A \
            connection that the service closes is opened again. The row of the generator's own lateness tells \
            whether it could keep up with the rate; --load-threads gives it more. --find-rate \
            doubles and bisects the rate to 5 % and then runs --duration at what it found, 5 % less until it holds.
            The JSON holds rate_asked, answers_per_second, requests, accounted, endings (by name), unsent (never had \
            a free connection), latency_ms (2xx, since due), service_time_ms (2xx, since sent), refusal_latency_ms \
            (other answers), generator_lateness_ms, server (with --pid), probes and warnings.
            Exit codes: 0 all answered with an outcome, 1 some not, 2 could not run, 64 usage, 130 interrupted: the \
            report is of what there is.
            """
    )

    enum Suite: String, CaseIterable, ExpressibleByArgument {
        case gpu
    }

    enum Format: EnumerableFlag {
        case table, json, markdown, csv

        static func help(for value: Format) -> ArgumentHelp? {
            switch value {
            case .table: "Print tables for people; the default."
            case .json: "Print one JSON object."
            case .markdown: "Print Markdown."
            case .csv: "Print comma-separated values, one line a measure."
            }
        }
    }

    @OptionGroup var model: ModelOptions
    @OptionGroup var precision: PrecisionOption
    @OptionGroup var backend: BackendOptions

    @Option(
        help: ArgumentHelp(
            "Sections to measure, of \(Section.allCases.map(\.rawValue).joined(separator: ",")); by default all but sweep.",
            valueName: "sections"
        ),
        transform: sectionList
    )
    var only: [Section]?

    @Option(help: "gpu: a GPU beside the CPU, which is --only gpu,sweep --backend vulkan.")
    var suite: Suite?

    @Option(
        help: ArgumentHelp("Numbers of threads; by default 1, 2, 4 … up to the usable cores.", valueName: "counts"),
        transform: threadList
    )
    var threads: [Int]?

    @Option(
        help: ArgumentHelp(
            "Sequences x tokens; by default 1, 8 and 32 sequences of 8, 16, 32, 64 and 128 tokens.",
            valueName: "shapes"
        ),
        transform: shapeList
    )
    var shapes: [Shape]?

    @Option(
        help: ArgumentHelp("Queries a call in the sweep; by default 1, 2, 4 … 8192.", valueName: "counts"),
        transform: batchList
    )
    var batches: [Int]?

    @Option(help: "Time to measure in, warm-up included; by default 30.")
    var seconds: Double?

    @Option(help: "Rounds; by default 5.")
    var rounds: Int?

    @Option(
        help: ArgumentHelp(
            "Decide on the texts of a file as for classify --file, or send them; the first 10,000; by default 64 of our own.",
            valueName: "file"
        ),
        completion: .file()
    )
    var queries: String?

    @Option(
        help: ArgumentHelp("Compare with what --json wrote earlier.", valueName: "file"),
        completion: .file(extensions: ["json"])
    )
    var compare: String?

    @Flag(exclusivity: .exclusive)
    var format = Format.table

    @OptionGroup(title: "Load on a service") var load: LoadOptions

    func validate() throws {
        guard (0.1...3600).contains(seconds ?? 1) else { throw ValidationError("--seconds must be from 0.1 to 3600.") }
        guard (1...1000).contains(rounds ?? 1) else { throw ValidationError("--rounds must be from 1 to 1000.") }
        if queries == "" { throw ValidationError("--queries needs a path, or `-` for standard input.") }
        if suite != nil && only != nil {
            throw ValidationError("--suite chooses the sections itself; leave out --only.")
        }
        if only?.contains(.gpu) == true && backend.backend != .vulkan {
            throw ValidationError("The section gpu is of a GPU: choose --backend vulkan.")
        }
        if only?.contains(.sweep) == true && backend.backend == .cpu {
            throw ValidationError("The sweep compares a GPU with the CPU: choose --backend vulkan or --backend auto.")
        }
        if compare == "" { throw ValidationError("--compare needs a path.") }
        if load.serve != nil, let option = optionOfModels {
            throw ValidationError("\(option) is for measuring a model, not a service with --serve.")
        }
    }

    /// One that has no meaning with `--serve`.
    private var optionOfModels: String? {
        let given = [
            ("--model", model.model != nil), ("--precision", precision.precision != .automatic),
            ("--backend", backend.backend != .cpu),
            ("--only", only != nil), ("--suite", suite != nil), ("--batches", batches != nil),
            ("--threads", threads != nil), ("--shapes", shapes != nil), ("--seconds", seconds != nil),
            ("--rounds", rounds != nil), ("--compare", compare != nil), ("--markdown", format == .markdown),
            ("--csv", format == .csv),
        ]
        return given.first { $0.1 }?.0
    }

    func run() throws {
        var querySet = QuerySet.builtIn
        if let queries { querySet = QuerySet(source: queries, texts: try texts(in: queries, limit: 10_000)) }
        if let target = load.serve {
            try load.run(target: target, queries: querySet, isJSON: format == .json)
        } else {
            try measureModel(querySet)
        }
    }

    private func measureModel(_ queries: QuerySet) throws {
        let chosen = suite == .gpu && backend.backend == .cpu ? .vulkan : backend.backend
        let earlier = try compare.map { try BenchmarkReport(file: $0) }
        let parameters = Parameters(
            sections: sections(on: chosen),
            threads: threads ?? Parameters.threadSweep(cores: UsableCores.current().count),
            shapes: shapes,
            batches: batches ?? Parameters.defaultBatches,
            seconds: seconds ?? 30,
            rounds: rounds ?? 5,
            precision: precision.precision,
            backend: chosen,
            device: backend.device,
            queries: queries
        )
        let interruption = try Interruption()
        interruption.becomeControlC()
        let benchmark = try Benchmark(
            parameters,
            directory: model.directory(),
            version: Triage.configuration.version,
            interruption: interruption
        )
        var console = Console()
        defer { console.end() }
        let report: BenchmarkReport
        do {
            report = try benchmark.run { console.show($0, share: $1) }
        } catch is Benchmark.Interrupted {
            console.report("triage: interrupted; what was measured is discarded")
            throw ExitCode(130)
        }
        console.end()
        let comparison = earlier.map { Comparison(before: $0, now: report) }
        if format == .csv, let comparison { for note in comparison.notes { console.report(note) } }
        try Descriptor.standardOutput.write(Array(output(report, comparison).utf8))
    }

    private func sections(on backend: Backend) -> [Section] {
        switch suite {
        case .gpu: backend == .vulkan ? [.gpu, .sweep] : [.sweep]
        case nil: only ?? Parameters.defaultSections(of: backend)
        }
    }

    private func output(_ report: BenchmarkReport, _ comparison: Comparison?) -> String {
        switch format {
        case .table: return report.text + (comparison.map { "\n" + $0.text } ?? "")
        case .markdown: return report.markdown + (comparison.map { "\n" + $0.markdown } ?? "")
        case .csv: return comparison?.csv ?? report.csv
        case .json:
            var json = report.json
            json["comparison"] = comparison.map { .object($0.json) }
            return JSONValue.object(json).text(pretty: true) + "\n"
        }
    }
}

private func sectionList(_ text: String) throws -> [Section] {
    try list(text) { name throws(BenchmarkError) in
        guard let section = Section(rawValue: name) else {
            throw BenchmarkError("\(name.debugDescription) is no section")
        }
        return section
    }
}

private func threadList(_ text: String) throws -> [Int] {
    try list(text) { name throws(BenchmarkError) in
        guard let count = Int(name), (1...1024).contains(count) else {
            throw BenchmarkError("\(name.debugDescription) is no number of threads from 1 to 1024")
        }
        return count
    }
}

private func batchList(_ text: String) throws -> [Int] {
    try list(text) { name throws(BenchmarkError) in
        guard let count = Int(name), (1...65_536).contains(count) else {
            throw BenchmarkError("\(name.debugDescription) is no number of queries from 1 to 65536")
        }
        return count
    }
}

private func shapeList(_ text: String) throws -> [Shape] {
    try list(text) { name throws(BenchmarkError) in try Shape(parsing: name) }
}
