internal import CTriageHeader
internal import TriageRouter

/// Why a function does not return `TRIAGE_OK`.
struct Failure: Error {
    let status: Int32
    let message: String

    private init(_ status: Int, _ message: String) {
        self.status = Int32(status)
        self.message = message
    }

    static func argument(_ message: String) -> Failure { Failure(TRIAGE_INVALID_ARGUMENT, message) }

    static func text(_ message: String) -> Failure { Failure(TRIAGE_INVALID_TEXT, message) }

    init(_ error: RouterError) {
        let status =
            switch error {
            case .model: TRIAGE_MODEL_ERROR
            case .policy: TRIAGE_POLICY_ERROR
            case .threads: TRIAGE_SYSTEM_ERROR
            }
        self.init(status, error.description)
    }
}
