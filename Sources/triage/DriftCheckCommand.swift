import ArgumentParser
import CommandSupport
import StrictJSON
import TriageModel
import TriageRouter
import TriageTraining

struct DriftCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Replays queries and tells whether, and after how many, decisions look unlike the reference.",
        discussion: """
            The queries are decided on in their order and compared with the reference in windows of --window. The exit code is \
            0 where no window raises an alarm, 1 where one does, and 2 where nothing could be compared.

            EXAMPLES
              triage drift check --data last-week.jsonl
              triage drift check --data last-week.jsonl --window 2000 --json | jq .first_alarm_after
              triage drift check --data test.jsonl --shuffle 1
              triage drift check --data today.txt --policy triage.yaml --reference triage.drift.json

            WHAT IS COMPARED
              confidence    the calibrated probability of the label
              out_of_scope  how unlike anything in training the text is, where the model can say
              routes        where queries are sent; abstentions count by their reasons
              labels        what the model takes them for
            Changes of the traffic show here whether or not anybody knows the right answers. That decisions became wrong is \
            not said: only that they are not the ones whose errors were measured.

            THE INDEX (population stability index, PSI) adds up, over the bins of a distribution, (found − expected) × \
            ln(found / expected) of their shares. It is 0 for equal distributions; by custom less than 0.1 is no change, and \
            more than 0.25 a great one. Custom does not ask how many queries were looked at: in a window of 100 queries and \
            10 bins chance alone exceeds 0.1 every third time. So the bound is the value that chance exceeds in one window of 1,000 \
            (--false-alarm-rate, all distributions together): a quantile of chi-square × (1 / queries of the window + 1 / \
            queries of the reference), but never less than 0.1. That holds for queries that have nothing to do with one \
            another. Real ones come in bursts; what the 0.1 leaves above the quantile is room for that, and a window \
            should be longer than a burst. A file that is sorted by topic is one burst after the other: --shuffle it to ask whether \
            the whole is like the reference.

            Labels and routes of which a window is expected to hold fewer than 5 are counted together as `other`.

            FIELDS OF --json
              reference         model, policy, first_stage, data, rows
              window            queries of a window; false_alarm_rate: of a window
              windows           of each: start, decisions, alarm, statistics (confidence, out_of_scope, routes, labels: psi, \
            bound, alarm, decisions, moved: the bins that differ most, with expected and found shares)
              alarms            windows that raised one
              first_alarm_after queries until the first alarm, null where there was none
              rest              the queries after the last whole window, likewise; they raise no alarm
            """
    )

    @OptionGroup var options: DriftOptions

    @Option(
        help: ArgumentHelp(
            "What to compare with; by default \(DriftReference.fileName) in the model's directory.",
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var reference: String?

    @Option(help: "Queries of a window, from 100 to 10,000,000.")
    var window = 500

    @Option(help: "How many windows without drift may raise an alarm.")
    var falseAlarmRate = 0.001

    @Option(help: ArgumentHelp("Replay the queries in a random order.", valueName: "seed"))
    var shuffle: UInt64?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if reference == "" { throw ValidationError("--reference needs a file.") }
        guard (100...10_000_000).contains(window) else {
            throw ValidationError("--window must be from 100 to 10,000,000.")
        }
        guard (1e-9...0.1).contains(falseAlarmRate) else {
            throw ValidationError("--false-alarm-rate must be from 1e-9 to 0.1.")
        }
    }

    private func load(_ path: String) throws -> DriftReference {
        do throws(DriftError) { return try DriftReference(contentsOf: path) } catch {
            let hint = "make one with `triage drift reference`, or name another with --reference"
            throw DriftCommandError(description: reference == nil ? "\(error); \(hint)" : "\(error)")
        }
    }

    func run() throws {
        let path = try reference ?? "\(options.model.directory())/\(DriftReference.fileName)"
        let reference = try load(path)
        var texts = try options.texts()
        if let shuffle {
            var random = SplitMix64(seed: shuffle)
            texts.shuffle(using: &random)
        }
        let monitor = DriftMonitor(reference: reference, window: window, falseAlarmRate: falseAlarmRate)
        var windows: [DriftReport.Window] = []
        let router = try options.router()
        if let objection = reference.objection(to: router) {
            throw DriftCommandError(description: "\(path): \(objection)")
        }
        try options.decide(texts, router) { decision in
            if let window = monitor.record(decision) { windows.append(window) }
        }
        let report = monitor.report()
        guard !windows.isEmpty else {
            let found = "\(grouped(report.decisions)) decisions are fewer than one window of \(grouped(window))"
            throw DriftCommandError(description: "\(options.data): \(found): nothing can be said; see --window")
        }
        let check = DriftCheck(report: report, windows: windows)
        let output = json ? check.json.text(pretty: true) + "\n" : check.text
        try Descriptor.standardOutput.write(Array(output.utf8))
        if report.alarms > 0 { throw ExitCode(1) }
    }
}
