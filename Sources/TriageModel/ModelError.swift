/// Why a model cannot be loaded or used: one sentence that names the file and the reason.
public struct ModelError: Error, Equatable, CustomStringConvertible {
    /// The file or directory at fault; empty where the fault is not in a file.
    public let path: String
    /// What is wrong, with what was expected and found.
    public let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// The path and the reason on one line.
    public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}
