import StrictJSON

extension RequestError {
    /// In the shape that clients of the endpoint expect of errors.
    func answer(on endpoint: Endpoint?) -> Answer {
        var json = JSONStream()
        switch endpoint {
        case .predict:
            json.object { json in
                json.key("error")
                json.string(message)
                json.key("error_type")
                json.string(inferenceType)
            }
        case .embeddings, .models:
            json.object { json in
                json.key("error")
                json.object { json in
                    json.key("message")
                    json.string(message)
                    json.key("type")
                    json.string(openAIType)
                    json.key("param")
                    json.null()
                    json.key("code")
                    json.string(code)
                }
            }
        default:
            json.object { json in
                json.key("error")
                json.object { json in
                    json.key("code")
                    json.string(code)
                    json.key("message")
                    json.string(message)
                    if !outcome.isEmpty {
                        json.key("outcome")
                        json.string(outcome)
                    }
                }
            }
        }
        return Answer(status: status, body: json.bytes, fields: fields, closes: closes)
    }

    /// As text-embeddings-inference names it.
    private var inferenceType: String {
        switch status {
        case .tooManyRequests: "Overloaded"
        case .failedDependency: "Backend"
        case .unavailable: "Unhealthy"
        case .badRequest where code == "empty": "Empty"
        default: "Validation"
        }
    }

    /// As OpenAI names it.
    private var openAIType: String {
        switch status {
        case .unauthorized: "authentication_error"
        case .forbidden: "permission_error"
        case .tooManyRequests: "rate_limit_error"
        case .internalServerError, .unavailable, .failedDependency: "server_error"
        default: "invalid_request_error"
        }
    }
}
