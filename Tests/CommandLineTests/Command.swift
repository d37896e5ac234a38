import CommandSupport
import Foundation
import StrictJSON
import Testing

/// The program, run as a process.
struct Command {
    /// Next to the test bundle, where the package's products are built.
    static let program =
        (executablePath() ?? "").split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/triage"

    /// The model that comes with the package; nil where there is none.
    static let model: String? = {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let model = package.appending(path: "models/triage-en").path(percentEncoded: false)
        return fileExists("\(model)/config.json") ? model : nil
    }()

    struct Result {
        let status: Int32
        let output: String
        let errors: String

        var outputLines: [String] { output.split(separator: "\n").map(String.init) }
        var errorLines: [String] { errors.split(separator: "\n").map(String.init) }

        /// The output as JSON Lines.
        func objects() throws -> [JSONObject] {
            try outputLines.map { try #require(try JSONParser.parse($0).object) }
        }
    }

    let process = Process()
    let scratch = ScratchFolder()
    private let errors: FileHandle

    /// Starts `triage` with the arguments; standard output goes to a file unless `output` is given.
    init(
        _ arguments: [String],
        input: FileHandle = .nullDevice,
        output: FileHandle? = nil,
        environment: [String: String] = [:]
    ) throws {
        errors = try scratch.handle("errors")
        process.executableURL = URL(filePath: Self.program)
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = try output ?? scratch.handle("output")
        process.standardError = errors
        process.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("TRIAGE_") }
            .merging(environment) { $1 }
        try process.run()
    }

    func wait() throws -> Result {
        if !eventually({ !process.isRunning }) {
            kill(process.processIdentifier, SIGKILL)
            Issue.record("triage did not end")
        }
        process.waitUntilExit()
        let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        return Result(
            status: status,
            output: (try? scratch.text("output")) ?? "",
            errors: try scratch.text("errors")
        )
    }

    /// Runs `triage` with the arguments and, if given, a text as standard input.
    static func run(
        _ arguments: String...,
        input: String? = nil,
        environment: [String: String] = [:]
    ) throws -> Result {
        let folder = ScratchFolder()
        let handle = try input.map { text in
            try FileHandle(forReadingFrom: URL(filePath: folder.file("input", text)))
        }
        return try Command(arguments, input: handle ?? .nullDevice, environment: environment).wait()
    }
}
