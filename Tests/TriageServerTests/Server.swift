import Foundation
import StrictJSON
import Testing

/// `triage serve`, run as a process on a free port.
final class Server: @unchecked Sendable {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    /// Nil where the package was copied without it.
    static let model: String? = {
        let path = package.appending(path: "models/triage-en").path(percentEncoded: false)
        return FileManager.default.fileExists(atPath: path + "/config.json") ? path : nil
    }()

    /// Unchecked: written before the object is shared, and read only afterwards.
    let process = Process()
    let folder: URL
    let port: UInt16

    /// Files of a name and their text go to a folder of their own; `@name` in the arguments is a path in it.
    init(_ arguments: [String] = [], files: [String: String] = [:]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "triage-serve-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        let folder = folder
        let log = folder.appending(path: "log")
        try Data().write(to: log)
        // The program is next to the test bundle.
        let link = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process.executableURL = URL(filePath: link).deletingLastPathComponent().appending(path: "triage")
        process.arguments =
            ["serve", "--port", "0", "--model", Self.model ?? ""]
            + arguments.map { argument in
                argument.hasPrefix("@")
                    ? folder.appending(path: String(argument.dropFirst())).path(percentEncoded: false) : argument
            }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: log)
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("TRIAGE_") }
        try process.run()
        var port: UInt16?
        let process = process
        _ = eventually {
            port = Self.port(in: try String(contentsOf: log, encoding: .utf8))
            return port != nil || !process.isRunning
        }
        let text = try String(contentsOf: log, encoding: .utf8)
        guard let port else {
            throw NotListening(log: text, status: process.isRunning ? nil : process.terminationStatus)
        }
        self.port = port
    }

    struct NotListening: Error {
        let log: String
        let status: Int32?
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    private static func port(in log: String) -> UInt16? {
        guard let range = log.range(of: "listening on ") else { return nil }
        let address = log[range.upperBound...].prefix { $0 != "," }
        return address.split(separator: ":").last.flatMap { UInt16($0) }
    }

    var log: String { (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? "" }

    func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: folder.appending(path: name)) }

    func client() throws -> Client { try #require(Client(port: port)) }

    func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// The exit status; nil where the process does not end.
    func end() -> Int32? {
        guard eventually({ !process.isRunning }) else { return nil }
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// The sum of a metric's samples whose labels hold all of `labels`.
    func metric(_ name: String, _ labels: String...) throws -> Double {
        let page = try #require(try client().get("/metrics"))
        return page.text.split(separator: "\n")
            .filter { line in
                (line.hasPrefix("triage_\(name){") || line.hasPrefix("triage_\(name) "))
                    && labels.allSatisfy { line.contains($0) }
            }
            .reduce(0) { $0 + (Double($1.split(separator: " ").last ?? "") ?? .nan) }
    }
}

/// Whether `condition` holds within half a minute.
func eventually(_ condition: () throws -> Bool) -> Bool {
    for _ in 0..<3_000 {
        if (try? condition()) == true { return true }
        usleep(10_000)
    }
    return false
}

/// Servers that many tests share.
enum Shared {
    static let plain = Result { try Server(["--read-timeout", "0.5", "--max-texts", "8", "--max-body", "20000"]) }
    static let keyed = Result {
        try Server(
            ["--keys", "@keys.yaml", "--policy", "@triage.yaml", "--protect-metrics"],
            files: ["keys.yaml": keys, "triage.yaml": policy]
        )
    }

    /// SHA-256 of `open`, `acme` and `slow`.
    static let keys = """
        keys:
          - { name: open, sha256: 2348f998744212575d85959674f9607ab26f67708a917157472832386337c904 }
          - { name: acme, sha256: 822b33ad87c148a0a20a5ba7cd5ebcaa68d36a18e7aad165554903f52ca82757, tenant: acme }
          - { name: slow, sha256: 5e0cf7bd1dfa3831788b0cf6dedcdd228fba6f34dc238d371e746567e80bc7b6, rate: 0.01, burst: 2 }
        """
    static let policy = """
        version: 1
        currency: USD
        baseline: large
        handlers:
          faq: { route: script, price: 0.001, latency_ms: 20 }
          large: { route: remote, price: 0.01, latency_ms: 1800 }
          desk: { route: human, price: 4.5, latency_ms: 600000 }
        labels: { script: faq, remote: large, human: desk }
        fallback: large
        rules:
          - { name: reset, exact: [reset my password], to: faq }
        tenants:
          acme: { rules: [{ name: purple, prefix: purple, to: desk }] }
        """
}
