import ArgumentParser
import CommandSupport
import Parallelism
import StrictJSON
import TriageModel
import TriageTraining

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Makes a model of labelled texts: routes of your own, in seconds, offline.",
        discussion: """
            Ten texts a label are enough to begin with; a hundred thousand rows work. The encoder stays as it is; a head \
            is fitted on its vectors and on the words of the texts, its settings chosen by cross-validation. Confidence, \
            strangeness and the threshold below which the model abstains are fitted on texts held out from that.

            EXAMPLES
              triage train --data routes.yaml --output models/mine
              triage train --data labelled.csv --output models/mine --max-error 1%
              triage train --data train.jsonl --validation dev.jsonl --coverage 80% --output models/mine
              triage classify --model models/mine "where is my parcel"

            DATA
              .jsonl  one object a line: text, label, and if wanted route, source, private (true: the model must not carry the text)
              .csv    with a header: text, label (or category, intent), and if wanted route, source
              .yaml   labels: a list of name, route, target, examples; out_of_scope: texts; fallback: routes

            A label named oos or out_of_scope marks texts that belong to none of the others: they are not learnt; the \
            confidence in texts like them falls. Rows that cannot be used are named, and nothing is written.

            WHAT IS PROMISED
            --max-error 2% chooses the threshold so that at most 2 % of the decisions are wrong, with 90 % certainty, for \
            texts like those held out. Where the data is too little to promise that, the command says what can be. For \
            other texts nothing is promised: measure with `triage eval`.
            """
    )

    @Option(
        help: ArgumentHelp("The labelled texts, - for JSON Lines on standard input.", valueName: "file"),
        completion: .file()
    )
    var data: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The model to write; must not exist, or be empty.", valueName: "directory"),
        completion: .directory
    )
    var output: String

    @Option(
        help: ArgumentHelp(
            "The model whose encoder is used; by default models/sentence-en beside the default model.",
            valueName: "directory"
        ),
        completion: .directory
    )
    var encoder: String?

    @Option(
        help: ArgumentHelp("Other labelled texts to calibrate by, in place of cross-validation.", valueName: "file"),
        completion: .file()
    )
    var validation: String?

    @Option(
        help: ArgumentHelp(
            "The share of decisions that may be wrong; 2% where neither this nor --coverage is given.",
            valueName: "share"
        )
    )
    var maxError: Share?

    @Option(help: ArgumentHelp("The share of texts that are to be decided, such as 80%.", valueName: "share"))
    var coverage: Share?

    @Option(
        help: ArgumentHelp(
            "The share of texts in scope that may be turned away as unlike anything in training.",
            valueName: "share"
        )
    )
    var turnedAway = Share(0.01)

    @Option(
        help: ArgumentHelp(
            "The route where two labels are too close; by default human or remote, the more careful one that a label leads to.",
            valueName: "route"
        )
    )
    var ambiguousRoute: String?

    @Option(help: ArgumentHelp("The route where a text is unlike anything in training.", valueName: "route"))
    var outOfScopeRoute: String?

    @Option(help: ArgumentHelp("The field or column that holds the label.", valueName: "name"))
    var labelField: String?

    @Option(help: ArgumentHelp("The label of texts that belong to none of the others.", valueName: "label"))
    var outOfScope: String?

    @Option(help: "The model's name; by default the last part of its path.")
    var name: String?

    @Option(help: "Decides every random choice: the same seed and data give the same model on the same machine.")
    var seed: UInt64 = 1

    @Option(help: "Threads that embed at once, at most.")
    var threads: Int?

    @Flag(help: "Leave the texts of examples out of the model; then it does not name the nearest ones.")
    var withoutTexts = false

    @Flag(help: "Print the report as JSON.")
    var json = false

    func validate() throws {
        if output.isEmpty { throw ValidationError("--output needs the name of a directory.") }
        if maxError != nil && coverage != nil { throw ValidationError("Give --max-error or --coverage, not both.") }
        if let maxError, maxError.value <= 0 || maxError.value >= 1 {
            throw ValidationError("--max-error must lie between 0 and 100%.")
        }
        if let coverage, coverage.value <= 0 { throw ValidationError("--coverage must be above 0.") }
        guard (1...1024).contains(threads ?? 1) else { throw ValidationError("--threads must be from 1 to 1024.") }
        if name == "" { throw ValidationError("--name needs a name.") }
        if seed > UInt64(Int.max) { throw ValidationError("--seed must be at most \(Int.max).") }
    }

    func run() throws {
        let options = DataOptions(labelField: labelField, outOfScopeLabel: outOfScope)
        var console = Console()
        let data = try checked(LabelledData(reading: data, options: options), &console)
        let held = try validation.map { try LabelledData(reading: $0, options: options) }
        let files = try ModelFiles(try encoderDirectory())
        if let held { reportOverlap(of: held, with: data, &console) }
        reportUnknownRoutes(data, &console)
        var trainer = ModelTrainer(threads: threads ?? ThreadPool.shared.threads)
        trainer.target = coverage.map { .coverage($0.value) } ?? .maximumError(maxError?.value ?? 0.02)
        trainer.turnedAway = turnedAway.value
        trainer.seed = seed
        trainer.carriesTexts = !withoutTexts
        trainer.fallback = FallbackRoutes(ambiguous: ambiguousRoute, outOfScope: outOfScopeRoute)
        trainer.name = name
        let interruption = try Interruption()
        interruption.becomeControlC()
        let report: TrainingReport
        do {
            report = try trainer.train(data, validation: held, encoder: files, to: output) { stage in
                guard !interruption.isRequested else { throw ExitCode(130) }
                console.show(stage.activity, share: stage.share)
            }
        } catch let code as ExitCode {
            console.report("interrupted; nothing was written")
            throw code
        }
        console.end()
        let promise = report.decision.promise
        if !report.decision.isKept {
            let most =
                switch trainer.target {
                case .maximumError:
                    "the data cannot promise that; the lowest error rate that it can is \(percent(promise.maximumError)) of "
                        + "the decisions"
                case .coverage:
                    "not so many can be decided; of the texts held out \(percent(promise.coverage)) are not turned away as "
                        + "unlike anything in training"
                }
            console.report((maxError == nil && coverage == nil ? "note: 2%, the default: " : "note: ") + most)
        }
        if report.accuracy <= report.commonestShare {
            console.report(
                "warning: no better than to give every text the commonest label: the labels cannot be told apart by their texts"
            )
        }
        let output = json ? JSONValue.object(report.json).text(pretty: true) + "\n" : try summary(report)
        try Descriptor.standardOutput.write(Array(output.utf8))
    }

    private func encoderDirectory() throws -> String {
        if let encoder { return encoder }
        do throws(ModelNotFound) {
            return try ModelLocator(model: "sentence-en", environment: { _ in nil }).directory(named: nil)
        } catch {
            throw EncoderNotFound(places: error.places)
        }
    }

    private func summary(_ report: TrainingReport) throws -> String {
        let promise = report.decision.promise
        let scope = report.outOfScopeAUROC.map { "  out of scope   \(figure($0)) area under the ROC curve\n" } ?? ""
        return """
            \(output): \(report.labelCount) labels from \(grouped(report.trained)) texts
              held out       \(grouped(promise.rows)) texts, \(percent(report.accuracy)) of those in scope right
              calibration    \(percent(report.calibrationError)) expected error
            \(scope)  decides        \(percent(promise.coverage)) of them at a confidence of \(percent(Double(report.decision.threshold))) \
            or more, \(promise.decided == 0 ? "0" : percent(Double(promise.wrong) / Double(promise.decided))) of those wrong
              promise        at most \(percent(promise.maximumError)) of the decisions wrong, with \(percent(promise.certainty)) certainty

            """
    }

    /// Texts that were learnt calibrate nothing.
    private func reportOverlap(of held: LabelledData, with data: LabelledData, _ console: inout Console) {
        let learnt = Set(data.texts.map { normalizedText($0.text) })
        let rows = held.texts.filter { learnt.contains(normalizedText($0.text)) }.map(\.row)
        guard !rows.isEmpty else { return }
        console.report(
            "warning: \(grouped(rows.count)) of \(grouped(held.texts.count)) texts of \(held.file) are also in \(data.file), the "
                + "first in \(held.rowUnit.rawValue) \(rows[0]); they make the model look surer than it is: leave them out of one"
        )
    }

    /// A route that no label leads to may be meant, and may be a slip of the pen.
    private func reportUnknownRoutes(_ data: LabelledData, _ console: inout Console) {
        let known = Set(data.labels.compactMap(\.route))
        let named = [ambiguousRoute ?? data.fallback.ambiguous, outOfScopeRoute ?? data.fallback.outOfScope]
        for route in Set(named.compactMap(\.self)).subtracting(known).sorted() where !known.isEmpty {
            console.report("note: no label leads to the fallback route \(route)")
        }
    }

    /// The data without repetitions, after what is to be said of it has been said.
    private func checked(_ data: LabelledData, _ console: inout Console) throws -> LabelledData {
        let check = DataCheck(data)
        for finding in check.findings { console.report(finding.description) }
        guard !check.hasErrors else { throw ExitCode(2) }
        return check.data
    }
}

/// No encoder was named and none was found.
private struct EncoderNotFound: Error, CustomStringConvertible {
    let places: [String]

    var description: String { "no encoder found: looked in \(places.joined(separator: ", ")); name one with --encoder" }
}

extension ModelTrainer.Stage {
    fileprivate var activity: String {
        switch self {
        case .embedding(let done, let count): "embedding \(grouped(done)) of \(grouped(count)) texts"
        case .choosing: "choosing the regularisation"
        case .crossValidating: "cross-validating"
        case .fitting: "fitting"
        case .writing: "writing"
        }
    }

    /// Roughly how much of the whole is done.
    fileprivate var share: Double {
        switch self {
        case .embedding(let done, let count): 0.3 * Double(done) / Double(max(1, count))
        case .choosing: 0.3
        case .crossValidating: 0.5
        case .fitting: 0.8
        case .writing: 0.95
        }
    }
}
