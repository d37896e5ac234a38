import ArgumentParser
import CommandSupport
import StrictJSON
import TriageModel

struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Shows each text as the tokens a model reads.",
        discussion: """
            Prints one JSON object a line, in the order of the input: {"id", "ids", "tokens", "truncated"}, special \
            tokens included, or {"id", "line", "error"} for a line that cannot be read.

            EXAMPLES
              triage tokenize "where is my parcel"
              triage tokenize --file queries.jsonl | jq '.ids | length'
              echo "naïve café" | triage tokenize --model models/my-model
            """
    )

    @OptionGroup var input: InputOptions
    @OptionGroup var model: ModelOptions

    func run() throws {
        let source = try input.open()
        let model = try model.load()
        try input.answer(source, writesFailures: true) { queries, _ in
            queries.map { query in
                let tokens = model.tokenize(query.text)
                return .success(
                    jsonLine([
                        "id": query.id,
                        "ids": .array(tokens.ids.map { JSONValue($0) }),
                        "tokens": .array(tokens.texts.map { .string($0) }),
                        "truncated": .bool(tokens.isTruncated),
                    ])
                )
            }
        }
    }
}
