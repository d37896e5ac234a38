import ArgumentParser
import CommandSupport
import StrictJSON
import TriageModel

struct EmbedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed",
        abstract: "Turns each text into a vector.",
        discussion: """
            Prints one JSON object a line, in the order of the input: {"id", "embedding", "tokens", "truncated"}, or \
            {"id", "line", "error"} for a line that cannot be read. Texts of like meaning have vectors of a large \
            scalar product.

            EXAMPLES
              triage embed "where is my parcel"
              triage embed --file queries.txt > vectors.jsonl
              triage embed --model models/my-model --precision f32 "a text"
              triage embed --backend vulkan --file million.txt > vectors.jsonl
            """
    )

    @OptionGroup var input: InputOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var precision: PrecisionOption
    @OptionGroup var backend: BackendOptions

    func run() throws {
        let source = try input.open()
        let model = try model.load(precision: precision.precision, on: backend)
        defer { backend.report(on: model) }
        try input.answer(source, on: backend.backend, writesFailures: true) { queries, threads in
            let embeddings = answers(to: queries) { texts throws(ModelError) in
                try model.embed(texts, threads: threads)
            }
            return zip(queries, embeddings).map { query, embedding in
                embedding.map { embedding in
                    jsonLine([
                        "id": query.id,
                        "embedding": .array(embedding.vector.map { JSONValue($0) }),
                        "tokens": JSONValue(embedding.tokenCount),
                        "truncated": .bool(embedding.isTruncated),
                    ])
                }
            }
        }
    }
}
