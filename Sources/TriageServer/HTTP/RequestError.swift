/// Why a request is not answered with what it asks for. The message may quote the request: it is for the caller, and never for
/// a log.
struct RequestError: Error {
    let status: Answer.Status
    /// For programs.
    let code: String
    let message: String
    /// Beside those that every answer has.
    var fields: [(name: StaticString, value: String)] = []
    /// What the texts of the request count as, where it asks for decisions; empty where they do not count.
    var outcome = ""
    var closes = false

    init(_ status: Answer.Status, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    /// Of a request that may be tried again.
    static func busy(_ code: String, _ message: String, retryAfter: Duration) -> RequestError {
        var error = RequestError(.tooManyRequests, code, message)
        let seconds = retryAfter.components
        let whole = seconds.seconds + (seconds.attoseconds > 0 ? 1 : 0)
        error.fields = [("retry-after", String(max(1, whole)))]
        error.outcome = "rejected"
        return error
    }

    static let stopping: RequestError = {
        var error = RequestError(.unavailable, "stopping", "the server is about to end")
        error.fields = [("retry-after", "1")]
        error.outcome = "rejected"
        error.closes = true
        return error
    }()
}
