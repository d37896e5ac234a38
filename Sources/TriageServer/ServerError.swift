/// Why a server cannot run.
public enum ServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The address cannot be listened on.
    case address(String, reason: String)
    /// The certificate or its key cannot be used.
    case tls(file: String, reason: String)
    /// Requests were cut off because they took longer than they may after the signal to end.
    case drainTimeout(requests: Int)

    /// One sentence.
    public var description: String {
        switch self {
        case .address(let address, let reason): "cannot listen on \(address): \(reason)"
        case .tls(let file, let reason): "\(file): \(reason)"
        case .drainTimeout(let requests): "\(requests) requests were cut off: they were not answered in time"
        }
    }
}
