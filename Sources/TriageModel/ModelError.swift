/// Why a model cannot be loaded or used: one sentence that names the file and the reason.
public struct ModelError: Error, Equatable, CustomStringConvertible {
    /// What has to change.
    public enum Fault: Sendable {
        /// The model, its files or this machine.
        case model
        /// The text: another would be answered.
        case text
    }

    /// What has to change.
    public let fault: Fault
    /// The file or directory at fault; empty where the fault is not in a file.
    public let path: String
    /// What is wrong, with what was expected and found.
    public let reason: String

    package init(fault: Fault = .model, path: String, reason: String) {
        self.fault = fault
        self.path = path
        self.reason = reason
    }

    /// The path and the reason on one line.
    public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}
