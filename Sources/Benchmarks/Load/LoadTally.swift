/// How a request ended; each ends in exactly one way.
enum LoadEnding: String, CaseIterable {
    case classified, abstained, rejected, unavailable
    /// A status of success without an outcome in the body.
    case malformed
    case tooManyRequests = "429"
    case clientError = "4xx"
    case serviceUnavailable = "503"
    case serverError = "5xx"
    /// A redirection, or a status that HTTP does not know.
    case otherStatus = "other_status"
    case refused, reset, closed
    case timedOut = "timed_out"
    /// What came was no HTTP/1.1 response.
    case invalid
    case otherFailure = "other_failure"
    case unanswered

    init(_ response: ServiceResponse) {
        switch response.status {
        case 200..<300:
            self =
                switch response.outcome {
                case .classified: .classified
                case .abstained: .abstained
                case .rejected: .rejected
                case .unavailable: .unavailable
                case nil: .malformed
                }
        case 429: self = .tooManyRequests
        case 400..<500: self = .clientError
        case 503: self = .serviceUnavailable
        case 500..<600: self = .serverError
        default: self = .otherStatus
        }
    }

    /// The service said what became of the text.
    var isOutcome: Bool {
        switch self {
        case .classified, .abstained, .rejected, .unavailable: true
        default: false
        }
    }

    /// What the figures of latency are of.
    var isSuccess: Bool { isOutcome || self == .malformed }

    /// The service answered, whatever it said.
    var isAnswer: Bool {
        switch self {
        case .tooManyRequests, .clientError, .serviceUnavailable, .serverError, .otherStatus: true
        default: isSuccess
        }
    }

    var description: String {
        switch self {
        case .classified, .abstained, .rejected, .unavailable: "2xx, \(rawValue)"
        case .malformed: "2xx, without an outcome"
        case .tooManyRequests: "429, too many requests"
        case .clientError: "other 4xx"
        case .serviceUnavailable: "503, service unavailable"
        case .serverError: "other 5xx"
        case .otherStatus: "other status"
        case .refused: "connection refused"
        case .reset: "connection reset"
        case .closed: "connection closed before the answer was whole"
        case .timedOut: "connection timed out"
        case .invalid: "not an HTTP/1.1 response"
        case .otherFailure: "other failure of a connection"
        case .unanswered: "unanswered"
        }
    }
}

/// What became of the requests that count. Times are in nanoseconds.
struct LoadTally: Sendable {
    /// Requests that fell due, counted in the schedule and not by what became of them.
    var requests = 0
    /// Of those unanswered, the ones for which no connection was ever free.
    var unsent = 0
    /// Connections opened again because the service closed them.
    var reopened = 0
    /// When the last answer came, from the start of the run.
    private(set) var lastAnswer: UInt64 = 0
    /// Of successes, from when the request was due.
    private(set) var latency = Latencies()
    /// Of successes, from when the request was sent.
    private(set) var serviceTime = Latencies()
    /// Of other answers, from when the request was due.
    private(set) var refusalLatency = Latencies()
    /// From when a request was due and had a connection to when it was sent: what the generator itself adds.
    private(set) var lateness = Latencies()
    private var endings: [LoadEnding: Int] = [:]

    subscript(ending: LoadEnding) -> Int { endings[ending, default: 0] }

    func count(where matches: (LoadEnding) -> Bool) -> Int {
        LoadEnding.allCases.reduce(0) { $0 + (matches($1) ? self[$1] : 0) }
    }

    /// Every request ended in exactly one way.
    var isAccounted: Bool { endings.values.reduce(0, +) == requests }

    mutating func end(_ ending: LoadEnding, count: Int = 1) { endings[ending, default: 0] += count }

    mutating func answer(_ ending: LoadEnding, due: UInt64, sent: UInt64, now: UInt64) {
        end(ending)
        lastAnswer = max(lastAnswer, now)
        if ending.isSuccess {
            latency.record(nanoseconds: now - due)
            serviceTime.record(nanoseconds: now - sent)
        } else {
            refusalLatency.record(nanoseconds: now - due)
        }
    }

    mutating func send(late nanoseconds: UInt64) { lateness.record(nanoseconds: nanoseconds) }

    mutating func add(_ other: LoadTally) {
        requests += other.requests
        unsent += other.unsent
        reopened += other.reopened
        lastAnswer = max(lastAnswer, other.lastAnswer)
        latency.add(other.latency)
        serviceTime.add(other.serviceTime)
        refusalLatency.add(other.refusalLatency)
        lateness.add(other.lateness)
        endings.merge(other.endings, uniquingKeysWith: +)
    }
}
