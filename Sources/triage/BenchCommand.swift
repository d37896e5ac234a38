import ArgumentParser
import Benchmarks
import CommandSupport
import Parallelism
import StrictJSON

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures how fast a model decides on this machine, and how much of the machine that takes.",
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
            "% of peak" relates the multiply-accumulates of the linear layers to the integer peak of the cores in use \
            (for --precision f32, to that of floating point).

            FIELDS OF --json
              schema       1; rises when readers of older files would misunderstand a newer one
              environment  version, date, processor, usable_cores, kernel, core_share (of a core's time; below 1 where \
            other work ran), instruction_set, integer_instruction, float_instruction, openblas_core (null unless \
            f32), model, identity, backend
              parameters   sections, threads, shapes, seconds, rounds, precision, queries (source, count, sha256), \
            warm_up
              measures     a list of {section, subject, quantity, unit, better (lower or higher), value (median), \
            lowest, highest, rounds (the figure of each)}
              comparison   with --compare: differences, warnings, changes {section, subject, quantity, before, now, \
            ratio, lowest_ratio, highest_ratio, verdict}, and how many measures are unmatched

            --compare prints the ratio now / before of each measure that both reports have, with the lowest and \
            highest ratio of any two rounds; only where that interval leaves out 1, and both have several rounds, is \
            it called better or worse. It says so when the two are not of the same processor, instruction set, model \
            or queries. With --csv only the comparison is printed.
            """
    )

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

    @Option(
        help: ArgumentHelp(
            "Sections to measure, of \(Section.allCases.map(\.rawValue).joined(separator: ",")); by default all.",
            valueName: "sections"
        ),
        transform: sectionList
    )
    var only = Section.allCases

    @Option(
        help: ArgumentHelp("Numbers of threads; by default 1, 2, 4 … up to the usable cores.", valueName: "counts"),
        transform: threadList
    )
    var threads = Parameters.threadSweep(cores: UsableCores.current().count)

    @Option(
        help: ArgumentHelp(
            "Sequences x tokens; by default 1, 8 and 32 sequences of 8, 16, 32, 64 and 128 tokens.",
            valueName: "shapes"
        ),
        transform: shapeList
    )
    var shapes = Parameters.defaultShapes

    @Option(help: "Time to measure in, warm-up included.")
    var seconds = 30.0

    @Option(help: "Rounds.")
    var rounds = 5

    @Option(
        help: ArgumentHelp(
            "Decide on the texts of a file as for classify --file, the first 10,000; by default on 64 of our own.",
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

    func validate() throws {
        guard (0.1...3600).contains(seconds) else { throw ValidationError("--seconds must be from 0.1 to 3600.") }
        guard (1...1000).contains(rounds) else { throw ValidationError("--rounds must be from 1 to 1000.") }
        if queries == "" { throw ValidationError("--queries needs a path, or `-` for standard input.") }
        if compare == "" { throw ValidationError("--compare needs a path.") }
    }

    func run() throws {
        let earlier = try compare.map { try BenchmarkReport(file: $0) }
        var parameters = Parameters(
            sections: only,
            threads: threads,
            shapes: shapes,
            seconds: seconds,
            rounds: rounds,
            precision: precision.precision
        )
        if let queries {
            parameters.queries = QuerySet(source: queries, texts: try texts(in: queries, limit: 10_000))
        }
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

private func shapeList(_ text: String) throws -> [Shape] {
    try list(text) { name throws(BenchmarkError) in try Shape(parsing: name) }
}
