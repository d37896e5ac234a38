import CommandSupport
import StrictJSON
import TriageModel

/// What `model` says of each query. Where it fails on all together it is asked one by one, so that a query it cannot
/// answer does not take others with it.
func answers<Answer>(
    to queries: [Query],
    _ model: ([String]) throws(ModelError) -> [Answer]
) -> [Result<Answer, QueryFailure>] {
    guard !queries.isEmpty else { return [] }
    if let answers = try? model(queries.map(\.text)), answers.count == queries.count {
        return answers.map { .success($0) }
    }
    return queries.map { query in
        do throws(ModelError) {
            guard let answer = try model([query.text]).first else {
                return .failure(QueryFailure(reason: "the model gave no answer"))
            }
            return .success(answer)
        } catch {
            return .failure(QueryFailure(reason: error.description))
        }
    }
}

/// A JSON object on a line of its own.
func jsonLine(_ object: JSONObject) -> [UInt8] {
    var writer = JSONWriter()
    writer.append(.object(object))
    return writer.bytes + [UInt8(ascii: "\n")]
}
