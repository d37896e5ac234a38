import StrictJSON
import TriageModel
import TriageRouter

/// The body of `POST /v1/embeddings`, as OpenAI has it.
private struct EmbeddingsRequest {
    let texts: [String]
    let isBase64: Bool

    init(_ request: Request, _ model: TriageModel, maximumTexts: Int) throws(RequestError) {
        var reader = try BodyReader(request.body)
        guard let input = reader.take("input") else { throw BodyReader.invalid("`input` is missing") }
        if let text = input.string {
            texts = [text]
        } else {
            texts = try BodyReader.texts(input, "input", limit: maximumTexts)
        }
        if let name = try reader.takeText("model"), name != model.name, name != model.identity {
            throw RequestError(
                .notFound,
                "model_not_found",
                "there is no model `\(name.prefix(127))`; it is `\(model.name)`"
            )
        }
        switch try reader.takeText("encoding_format") {
        case nil, "float": isBase64 = false
        case "base64": isBase64 = true
        default: throw BodyReader.invalid("`encoding_format` must be `float` or `base64`")
        }
        if let dimensions = reader.take("dimensions"), dimensions.integer != model.embeddingSize {
            throw BodyReader.invalid("`dimensions` must be \(model.embeddingSize), the model's")
        }
        // Whose request it is, which means nothing here.
        _ = try reader.takeText("user")
        try reader.end(known: "input, model, encoding_format, dimensions, user")
    }
}

extension RequestService {
    /// `POST /v1/embeddings`.
    func embeddings(_ request: Request) async throws(RequestError) -> Answer {
        let model = live.current.model
        let asked = try EmbeddingsRequest(request, model, maximumTexts: limits.texts)
        let deadline = try deadline(of: request)
        try request.holder?.admit(asked.texts.count)
        let embeddings: [Embedding]
        do throws(InferenceError) { embeddings = try await queue.embed(asked.texts, deadline: deadline) } catch {
            warnOfFailure(error, request.head)
            throw RequestError(error)
        }
        for (index, embedding) in embeddings.enumerated() {
            guard embedding.tokenCount > model.emptyTokenCount else {
                throw BodyReader.invalid("`input[\(index)]` holds nothing that the model reads")
            }
            guard !embedding.isTruncated else {
                let limit =
                    "`input[\(index)]` has more than \(model.maximumTokenCount) tokens, which the model reads at most"
                throw RequestError(.badRequest, "context_length_exceeded", limit)
            }
        }
        return Answer(status: .ok, body: body(embeddings, asked, model))
    }

    private func body(_ embeddings: [Embedding], _ request: EmbeddingsRequest, _ model: TriageModel) -> [UInt8] {
        var json = JSONStream(capacity: embeddings.count * (64 + 12 * model.embeddingSize))
        json.object { json in
            json.key("object")
            json.string("list")
            json.key("data")
            json.array { json in
                for (index, embedding) in embeddings.enumerated() {
                    json.object { json in
                        json.key("object")
                        json.string("embedding")
                        json.key("index")
                        json.integer(index)
                        json.key("embedding")
                        if request.isBase64 {
                            json.string(base64(embedding.vector))
                        } else {
                            json.array { json in for value in embedding.vector { json.number(value) } }
                        }
                    }
                }
            }
            json.key("model")
            json.string(model.name)
            let tokens = embeddings.reduce(0) { $0 + $1.tokenCount }
            json.key("usage")
            json.object { json in
                json.key("prompt_tokens")
                json.integer(tokens)
                json.key("total_tokens")
                json.integer(tokens)
            }
        }
        return json.bytes
    }
}

/// The little-endian bytes of the values, as RFC 4648 writes them with padding.
func base64(_ vector: [Float]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let bytes = vector.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for digit in 0..<4 {
            text.append(digit <= group.count ? alphabet[bits >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
        }
    }
    return String(decoding: text, as: UTF8.self)
}
