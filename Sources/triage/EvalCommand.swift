import ArgumentParser
import CommandSupport
import ModelFormat
import StrictJSON
import TriageModel
import TriageRouter
import TriageTraining

struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measures on labelled texts how good a model's decisions are, and what they cost.",
        discussion: """
            Every text of --data is decided on and compared with its label. Figures that others depend on come with the \
            interval in which they would lie, with a probability of 95 %, for other texts of the same kind (bootstrap \
            of 1,000 resamples; the same --seed gives the same intervals).

            EXAMPLES
              triage eval --data test.jsonl
              triage eval --data test.jsonl --label-field intent --out-of-scope oos --html report.html
              triage eval --data test.jsonl --costs costs.yaml
              triage eval --data test.jsonl --model models/new --against models/triage-en
              triage eval --data test.jsonl --fail-under accuracy=0.9 --fail-under recall_at.human.15=0.8
              triage eval --data test.jsonl --json | jq .figures.accuracy

            THE DATA has a text and a label a row, and may have `route` and `source`. Labels are the model's labels or, \
            where none of these fit, its routes. Rows with the label that --out-of-scope names have no right label: on them \
            the model does right to abstain. A `route` in the data counts, not that of the label.

            WHAT IS MEASURED
              accuracy, macro-F1   as if the model had to choose on every row in scope; also by label, route, source and \
            length
              ECE, Brier score     how far confidence can be believed; 0 is best
              coverage             share of the rows on which the model decides
              error among the answered   share of those that are wrong; any answer to a row out of scope is
              AURC                 mean error if only the surest were answered, over all numbers of answers
              AUROC, FPR           how well rows out of scope are told from the others
              found of each route  if only so much of all traffic may be sent there (recall_at)

            COSTS are read from YAML. Every route of the model, and every pair of routes, must be there:
              routes:
                script: { price: 0.0001, latency_ms: 5 }
                human:  { price: 4.0, latency_ms: 600000 }
              mistakes:            # the right route, then the one that answered instead
                human:  { script: 25.0 }
                script: { human: 0 }
            They give the cost of a query, of always using one route, of sending the longest queries to the most expensive \
            routes, of chance and of perfect knowledge, and what each confidence threshold would cost.

            FIELDS OF --json
              schema      1; rises when readers of older reports would misunderstand a newer one
              model       name, identity, directory
              data        file, sha256, rows, rows_in_scope, out_of_scope_label, labelled_by (label or route)
              bootstrap   resamples, seed
              figures     accuracy, macro_f1, ece, auroc, coverage, error_answered, brier, aurc, fpr_at_95_tpr and \
            source_average, each {value, interval, why}: value is null where why says so; promise, outcomes, classes, \
            confusion, routes (with recall_at and sent_right), sources, lengths, reliability, coverage_curve, out_of_scope
              costs       with --costs: model, baselines, cheapest, curve, fallback
              comparison  with --against: model, before, differences (now less before), fixed, broken
              checks      of --fail-under: figure, limit, found, passed
              wrong       every wrong query: row, text, expected, given, confidence, outcome, reason, source, nearest

            FIGURES FOR --fail-under
              \(Metric.names.joined(separator: ", "))
            For ece, brier, aurc, error_answered, fpr_at_95_tpr and cost, less is better: they fail when they are over the \
            value. An undefined figure fails. The exit code is then 1, as where a text could not be read.
            """
    )

    @Option(
        help: ArgumentHelp(
            "The labelled texts: JSON Lines, CSV or a routes file in YAML; `-` for JSON Lines from standard input.",
            valueName: "file"
        ),
        completion: .file()
    )
    var data: String

    @OptionGroup var model: ModelOptions
    @OptionGroup var precision: PrecisionOption
    @OptionGroup var backend: BackendOptions

    @Option(
        help: ArgumentHelp("Compare with another model on the same texts.", valueName: "directory"),
        completion: .directory
    )
    var against: String?

    @Option(
        help: ArgumentHelp(
            "The field or column that holds the label; by default `label`, and `route` where no row has that.",
            valueName: "field"
        )
    )
    var labelField: String?

    @Option(
        help: ArgumentHelp(
            "The label of texts that belong to none of the others; by default \(LabelledData.outOfScopeNames.joined(separator: ", ")) where there is one.",
            valueName: "label"
        )
    )
    var outOfScope: String?

    @Option(
        help: ArgumentHelp("What routes and mistakes cost.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var costs: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(
        help: ArgumentHelp("Also write a page with tables and charts; it needs no network.", valueName: "file"),
        completion: .file(extensions: ["html"])
    )
    var html: String?

    @Option(help: "Wrong queries to show.")
    var wrong = 20

    @Option(
        help: ArgumentHelp("Fail where a figure is worse than this; can be given again.", valueName: "figure=value"),
        transform: FigureLimit.init
    )
    var failUnder: [FigureLimit] = []

    @Option(help: "Of the bootstrap.")
    var seed: UInt64 = 1

    @Option(help: "Threads that work at once, at most; never more than there are usable cores.")
    var threads: Int?

    @Flag(help: "Let the whole model decide on every text, also where its first stage is sure.")
    var whole = false

    func validate() throws {
        for (name, value) in [
            ("--data", data), ("--against", against), ("--label-field", labelField), ("--out-of-scope", outOfScope),
            ("--costs", costs), ("--html", html),
        ] where value == "" {
            throw ValidationError("\(name) needs a value.")
        }
        guard wrong >= 0 else { throw ValidationError("--wrong must be at least 0.") }
        guard (1...1024).contains(threads ?? 1) else { throw ValidationError("--threads must be from 1 to 1024.") }
        if costs == nil, failUnder.contains(where: { $0.metric == .cost }) {
            throw ValidationError("--fail-under cost needs --costs.")
        }
    }

    func run() throws {
        if let html { try checkReport(html) }
        let data = try LabelledData(
            reading: data,
            options: DataOptions(labelField: labelField, outOfScopeLabel: outOfScope)
        )
        let interruption = try Interruption()
        interruption.becomeControlC()
        var console = Console()
        defer { console.end() }
        do {
            let now = try subject(model.directory(), data)
            defer { backend.report(on: now.router.model) }
            let costs = try costs.map { try Costs(file: $0, routes: now.space.routes) }
            let sources = Set(data.texts.compactMap(\.source))
            for limit in failUnder {
                if let objection = limit.metric.objection(now.space, sources: sources) {
                    throw EvaluationError("--fail-under \(limit.name): \(objection)")
                }
            }
            let before = try against.map { try subject($0, data) }
            if let before, before.space.basis != now.space.basis {
                throw EvaluationError(
                    "\(data.file): its labels are the labels of one model and the routes of the other"
                )
            }
            let evaluation = Evaluation(data: data, interruption: interruption, threads: threads ?? .max, seed: seed)
            let (report, failures) = try evaluation.report(
                of: now,
                against: before,
                costs: costs,
                limits: failUnder,
                console: &console
            )
            console.end()
            if let html { try AtomicFile.write(Array(report.html.utf8), to: html) }
            let columns = Descriptor.standardOutput.columns
            let output =
                json
                ? JSONValue.object(report.json).text(pretty: true) + "\n" : report.text(wrong: wrong, columns: columns)
            try Descriptor.standardOutput.write(Array(output.utf8))
            for check in report.checks where !check.isPassed { console.report("triage: \(check.failure)") }
            if failures > 0 || report.checks.contains(where: { !$0.isPassed }) { throw ExitCode(1) }
        } catch is Bootstrap.Interrupted {
            console.report("triage: interrupted; what was measured is discarded")
            throw ExitCode(130)
        }
    }

    /// A report may take the place of an earlier one, and of nothing else: a slip must not cost the data or a model.
    private func checkReport(_ path: String) throws {
        guard fileExists(path) else { return }
        let start = Array("<!doctype html>".utf8)
        let bytes = (try? FileBytes.read(path, limit: 1 << 30)) ?? []
        guard bytes.prefix(start.count).map({ $0 | 0x20 }) == start.map({ $0 | 0x20 }) else {
            throw EvaluationError("--html \(path): exists and is no earlier report; give another name or remove it")
        }
    }

    private func subject(_ directory: String, _ data: LabelledData) throws -> EvaluatedModel {
        let model = try TriageModel(
            directory: directory,
            precision: precision.precision,
            usesFirstStage: !whole,
            backend: backend.backend,
            device: backend.device
        )
        return try EvaluatedModel(router: Router(model: model), data: data)
    }
}

/// A figure and the value that it must not be worse than, as in `accuracy=0.9`.
struct FigureLimit: Sendable {
    let name: String
    let metric: Metric
    let value: Double

    init(_ text: String) throws {
        guard let sign = text.lastIndex(of: "="), let value = Double(text[text.index(after: sign)...]), value.isFinite
        else {
            throw ValidationError("\(text.debugDescription) is not of the form figure=value, such as accuracy=0.9.")
        }
        name = String(text[..<sign])
        guard let metric = Metric(name) else {
            throw ValidationError(
                "\(name.debugDescription) is no figure; the figures are \(Metric.names.joined(separator: ", "))."
            )
        }
        self.metric = metric
        self.value = value
    }
}
