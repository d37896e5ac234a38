import Foundation

enum Samples {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    /// Nil where the package was copied without it.
    static let model: String? = {
        let path = tests.deletingLastPathComponent().appending(path: "models/triage-en").path(percentEncoded: false)
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()

    /// A small model whose first label has this name, in a new directory.
    static func model(label: String) throws -> URL {
        let directory = FileManager.default.temporaryDirectory.appending(path: "triage-test-\(UUID())")
        try FileManager.default.copyItem(
            at: tests.appending(path: "TriageModelTests/Fixtures/distilbert"),
            to: directory
        )
        let file = directory.appending(path: "config.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        let renamed = text.replacing("\"w\"", with: "\"\(label)\"")
        try renamed.write(to: file, atomically: true, encoding: .utf8)
        return directory
    }
}
