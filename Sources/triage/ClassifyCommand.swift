import ArgumentParser
import CommandSupport
import TriageModel
import TriageRouter

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Decides who handles each query.",
        discussion: """
            Prints for each query its route, how sure the model is, and the text. With --json one object a line, in \
            the order of the input, whose lines it follows one to one: a line that cannot be read gives an object \
            with `error` instead of `route`. A file of any size is answered in constant memory; Ctrl-C ends a run \
            with the answers it has.

            EXAMPLES
              triage classify "I lost my card, please block it"
              triage classify --explain "what is the weather like" "talk to someone now"
              triage classify -- "-5 degrees, is that cold?"
              triage classify --json --top 2 --file queries.jsonl > decisions.jsonl
              tail -f queries.txt | triage classify --json | jq -r .route
              triage classify --backend auto --json --file million.jsonl > decisions.jsonl
              triage classify --policy triage.yaml --tenant acme --metadata channel=phone "is it open today"

            FIELDS OF --json
              id          that of the input, else the number of its line
              text        the query, with --echo
              route       who handles it; where the model abstained, its fallback, or null
              target      the handler on that route, where the label names one
              label       what the model took it for
              confidence  the calibrated probability that the label is right
              margin      by how much the label's probability exceeds that of the next
              out_of_scope how unlike anything in training the text is: the share of texts in scope that are less so
              expected    with --policy: cost, saving and latency_ms of that handler, and the currency
              scores      with --top: label and probability, likeliest first
              logits      with --logits: the model's raw output by label
              nearest     with --explain: the closest example that the model carries
              outcome     classified; abstained where the model was not sure enough or the text too long; unavailable
              reason      confident, by a rule, ambiguous between a and b, unlike anything in training, longer than is read
              stage       what answered: first, from the words alone, or whole, the whole model
              first_stage whether the first could have
              model       its name and identity, a digest of all its files
              policy      with --policy: its identity, a digest of the file
              backend     what computed it, such as cpu-int8-avx512vnni; in int8 all give the same bits
              tokens      tokens read, special ones included
              truncated   whether the text was longer than that
              micros      time of its batch in microseconds, by query

            A model may have a first stage, which answers what its words alone make clear at a fraction of the cost; \
            --whole leaves it out. With --explain scores holds all labels, and maximum_tokens says what the model reads at most. Blank lines \
            and texts that hold nothing to read count as bad input. A route followed by ? is the fallback of a model that \
            abstained. With --policy the policy decides who handles what, and label, confidence, margin, stage and tokens are \
            null where the model was not asked; see triage policy --help.
            """
    )

    @OptionGroup var input: InputOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var precision: PrecisionOption
    @OptionGroup var backend: BackendOptions
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var context: ContextOptions

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @Option(help: ArgumentHelp("Also print the probabilities of the K most probable labels.", valueName: "k"))
    var top: Int?

    @Flag(
        help:
            "Also print the probabilities of all labels, the margin, what was read of the text, and what decided."
    )
    var explain = false

    @Flag(help: "With --json: add the model's raw output.")
    var logits = false

    @Flag(help: "Let the whole model decide on every text, also where its first stage is sure.")
    var whole = false

    @Flag(help: "With --json: add the text.")
    var echo = false

    func validate() throws {
        guard (top ?? 1) >= 1 else { throw ValidationError("--top must be at least 1.") }
        if !json && (logits || echo) { throw ValidationError("--logits and --echo need --json.") }
        if policy.policy == nil && !context.isEmpty {
            throw ValidationError("--tenant and --metadata are for policies: name one with --policy.")
        }
    }

    func run() throws {
        let source = try input.open()
        let router = try policy.router(model.load(precision: precision.precision, usesFirstStage: !whole, on: backend))
        defer { backend.report(on: router.model) }
        let format = DecisionFormat(
            router: router,
            top: explain ? router.model.labels.count : top ?? 0,
            isExplained: explain,
            hasLogits: logits,
            hasText: echo,
            columns: Descriptor.standardOutput.columns
        )
        try input.answer(source, on: backend.backend, writesFailures: json) {
            [json, context = context.context] queries, threads in
            let start = ContinuousClock.now
            let decisions = router.decide(queries.map(\.text), context, threads: threads)
            let micros = (ContinuousClock.now - start) / .microseconds(max(1, queries.count))
            return zip(queries, decisions).map { query, decision in
                if let failure = decision.failure { return .failure(QueryFailure(reason: failure)) }
                return .success(
                    json ? format.object(decision, of: query, micros: micros) : format.lines(decision, of: query)
                )
            }
        }
    }
}
