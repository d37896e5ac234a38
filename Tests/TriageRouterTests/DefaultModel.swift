import Foundation

/// The model that the package ships.
enum DefaultModel {
    /// Nil where the package was copied without it.
    static let directory: String? = {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = package.appending(path: "models/triage-en").path(percentEncoded: false)
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()
}
