import StrictJSON
import TriageModel
import TriageRouter

/// The body of `POST /predict`, as text-embeddings-inference has it.
private struct PredictRequest {
    let texts: [String]
    let isBatch: Bool
    /// Whether logits are asked for, and not probabilities.
    let isRaw: Bool
    let truncates: Bool

    init(_ request: Request, maximumTexts: Int) throws(RequestError) {
        var reader = try BodyReader(request.body)
        guard let inputs = reader.take("inputs") else { throw BodyReader.invalid("`inputs` is missing") }
        if let text = inputs.string {
            (texts, isBatch) = ([text], false)
        } else {
            var texts: [JSONValue] = []
            for (index, element) in (inputs.array ?? []).enumerated() {
                guard let pair = element.array else {
                    texts.append(element)
                    continue
                }
                guard pair.count == 1 else {
                    throw BodyReader.invalid("`inputs[\(index)]` has \(pair.count) texts; this model reads one")
                }
                texts += pair
            }
            let value = inputs.array == nil ? inputs : .array(texts)
            if inputs.array?.isEmpty == true { throw RequestError(.badRequest, "empty", "`inputs` cannot be empty") }
            (self.texts, isBatch) = (try BodyReader.texts(value, "inputs", limit: maximumTexts), true)
        }
        isRaw = try reader.takeBool("raw_scores") ?? false
        truncates = try reader.takeBool("truncate") ?? false
        if let direction = try reader.takeText("truncation_direction"), direction.lowercased() != "right" {
            throw BodyReader.invalid("`truncation_direction` must be `right`")
        }
        try reader.end(known: "inputs, raw_scores, truncate, truncation_direction")
    }
}

extension RequestService {
    /// `POST /predict`: what the model says, whatever the policy's rules and thresholds make of it.
    func predict(_ request: Request) async throws(RequestError) -> Answer {
        let asked: PredictRequest
        do throws(RequestError) { asked = try PredictRequest(request, maximumTexts: limits.texts) } catch {
            // What cannot be read is 422 there.
            guard error.status == .badRequest, error.code != "empty" else { throw error }
            throw RequestError(.unprocessableContent, error.code, error.message)
        }
        let deadline = try deadline(of: request)
        try request.holder?.admit(asked.texts.count)
        let model = live.current.model
        let answers: [Classification]
        do throws(InferenceError) { answers = try await queue.classify(asked.texts, deadline: deadline) } catch {
            warnOfFailure(error, request.head)
            throw RequestError(error)
        }
        for answer in answers {
            guard answer.tokenCount > model.emptyTokenCount else {
                throw RequestError(.badRequest, "empty", "`inputs` holds a text with nothing that the model reads")
            }
            guard asked.truncates || !answer.isTruncated else {
                let limit = "`inputs` must have at most \(model.maximumTokenCount) tokens; `truncate` cuts them"
                throw RequestError(.contentTooLarge, "too_long", limit)
            }
        }
        var json = JSONStream(capacity: 128 * answers.count)
        if asked.isBatch {
            json.array { json in for answer in answers { write(answer, asked, model.labels, &json) } }
        } else {
            for answer in answers { write(answer, asked, model.labels, &json) }
        }
        return Answer(status: .ok, body: json.bytes)
    }

    private func write(
        _ answer: Classification,
        _ request: PredictRequest,
        _ labels: [Label],
        _ json: inout JSONStream
    ) {
        let scores = request.isRaw ? answer.logits : answer.probabilities
        let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
        json.array { json in
            for index in order {
                json.object { json in
                    json.key("score")
                    json.number(scores[index])
                    json.key("label")
                    json.string(labels[index].name)
                }
            }
        }
    }
}
