import CommandSupport
import Foundation
import StrictJSON
import Testing

/// What needs no model.
@Suite struct UsageTests {
    @Test(arguments: ["classify", "train", "embed", "tokenize", "doctor", "bench", "eval", "policy", "drift"])
    func helpTeachesByExample(command: String) throws {
        let help = try Command.run(command, "--help")
        #expect(help.status == 0 && help.errors.isEmpty)
        #expect(help.output.contains("EXAMPLES") && help.output.contains("triage \(command)"))
    }

    /// Lines that the printer breaks begin at the margin, and cannot be copied.
    @Test(arguments: ["serve", "key"]) func examplesFitATerminal(command: String) throws {
        let help = try Command.run(command, "--help", environment: ["COLUMNS": "80"]).output
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
        let examples = lines.drop { $0 != "EXAMPLES" }.dropFirst().prefix { !$0.isEmpty }
        #expect(examples.count > 3)
        #expect(examples.allSatisfy { $0.hasPrefix("  ") })
    }

    @Test func helpNamesTheCommandsAndExitCodes() throws {
        let help = try Command.run("--help")
        #expect(help.status == 0)
        for word in ["classify", "embed", "tokenize", "doctor", "EXIT CODES"] { #expect(help.output.contains(word)) }
        #expect(try Command.run("--version").output == "0.1.0\n")
    }

    @Test(arguments: [
        ["frobnicate"], ["classify", "--frobnicate", "x"], ["classify", "--top", "0", "x"],
        ["classify", "--batch", "0", "x"], ["classify", "--batch", "65537", "x"],
        ["classify", "--backend", "gpu", "x"], ["classify", "--backend", "cpu", "--device", "0", "x"],
        ["embed", "--backend", "cpu", "--device", "0", "x"], ["eval", "--data", "x", "--device", ""],
        ["serve", "--backend", "cpu", "--device", "0"], ["doctor", "--device", ""], ["bench", "--device", ""],
        ["bench", "--backend", "auto", "--device", ""], ["bench", "--serve", "http://h", "--backend", "auto"],
        ["classify", "--threads", "-1", "x"], ["classify", "--threads", "99999999999999999999", "x"],
        ["classify", "--precision", "f64", "x"], ["classify", "--logits", "x"], ["classify", "--echo", "x"],
        ["classify", "--file", "a", "x"], ["tokenize", "--format", "csv", "x"], ["doctor", "x"],
        ["bench", "x"], ["bench", "--shapes", "0x8"], ["bench", "--shapes", "99999x99999"],
        ["bench", "--threads", "1,0"],
        ["bench", "--only", "stream,nothing"], ["bench", "--rounds", "0"], ["bench", "--seconds", "nan"],
        ["train"], ["train", "--data", "x"], ["train", "--data", "x", "--output", ""],
        ["train", "--data", "x", "--output", "y", "--max-error", "0"],
        ["train", "--data", "x", "--output", "y", "--max-error", "100%"],
        ["train", "--data", "x", "--output", "y", "--max-error", "nan"],
        ["train", "--data", "x", "--output", "y", "--max-error", "2%", "--coverage", "80%"],
        ["train", "--data", "x", "--output", "y", "--coverage", "101%"],
        ["train", "--data", "x", "--output", "y", "--coverage", "0"],
        ["train", "--data", "x", "--output", "y", "--turned-away", "-1%"],
        ["train", "--data", "x", "--output", "y", "--threads", "0"],
        ["train", "--data", "x", "--output", "y", "--seed", "9999999999999999999"],
        ["train", "--data", "x", "--output", "y", "--name", ""],
        ["policy", "check"], ["policy", "check", "x", "--model", "y", "--no-model"], ["policy", "frobnicate"],
        ["bench", "--serve", "https://h"], ["bench", "--serve", "127.0.0.1:80"], ["bench", "--serve", "http://h", "x"],
        ["bench", "--rate", "5"], ["bench", "--find-rate"], ["bench", "--header", "a: b"], ["bench", "--pid", "1"],
        ["bench", "--serve", "http://h", "--only", "stream"], ["bench", "--serve", "http://h", "--compare", "x"],
        ["bench", "--serve", "http://h", "--model", "m"], ["bench", "--serve", "http://h", "--csv"],
        ["bench", "--serve", "http://h", "--seconds", "5"], ["bench", "--serve", "http://h", "--precision", "f32"],
        ["bench", "--serve", "http://h", "--rate", "0"], ["bench", "--serve", "http://h", "--rate", "nan"],
        ["bench", "--serve", "http://h", "--connections", "0"], ["bench", "--serve", "http://h", "--duration", "-1"],
        ["bench", "--serve", "http://h", "--header", "a: b\r\nc: d"], ["bench", "--serve", "http://h", "--probe", "1"],
        ["bench", "--serve", "http://h", "--seed", "-1"], ["bench", "--serve", "http://h", "--deadline-ms", "0.5"],
        ["bench", "--json", "--csv"], ["bench", "--queries", ""], ["bench", "--compare", ""],
    ])
    func wrongUsage(arguments: [String]) throws {
        let result = try Command(arguments).wait()
        #expect(result.status == 64 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("Error: ") && result.errors.contains("--help"))
    }

    @Test func anArgumentThatIsNotText() throws {
        let script = "exec \"$0\" classify \"$(printf 'a\\377')\""
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script, Command.program]
        process.standardError = errors
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 64)
        let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(message == "triage: error: argument 2 is not valid UTF-8\n")
    }

    @Test(arguments: ["classify", "embed", "tokenize"])
    func aMissingModelOrFileIsOneLine(command: String) throws {
        let model = try Command.run(command, "--model", "/nonexistent/model", "x")
        #expect(model.status == 2 && model.output.isEmpty && model.errorLines.count == 1)
        #expect(model.errors.hasPrefix("triage: error: /nonexistent/model: "))
        let file = try Command.run(command, "--file", "/nonexistent/queries")
        #expect(file.status == 2 && file.output.isEmpty)
        #expect(file.errors == "triage: error: /nonexistent/queries: No such file or directory\n")
    }

    @Test func theEnvironmentNamesAModel() throws {
        let result = try Command.run("classify", "x", environment: ["TRIAGE_MODEL": "/nonexistent/other"])
        #expect(result.status == 2 && result.errors.hasPrefix("triage: error: /nonexistent/other: "))
    }

    @Test func saysWhereItLookedForAModel() throws {
        let scratch = ScratchFolder()
        let copy = scratch.path("triage")
        try FileManager.default.copyItem(atPath: Command.program, toPath: copy)
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(filePath: copy)
        process.arguments = ["classify", "x"]
        process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "TRIAGE_MODEL" }
        process.standardError = errors
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
        let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(message.hasPrefix("triage: error: no model found: looked in "))
        #expect(message.contains(scratch.path("models/triage-en")) && message.contains("TRIAGE_MODEL"))
        #expect(message.split(separator: "\n").count == 1)
    }

    @Test func theDoctorWorksWithoutVulkanAndModel() throws {
        let broken = ["VK_DRIVER_FILES": "/nonexistent", "VK_ICD_FILENAMES": "/nonexistent"]
        let result = try Command.run("doctor", "--json", "--model", "/nonexistent", environment: broken)
        #expect(result.status == 2 && result.errors.isEmpty)
        let report = try #require(try JSONParser.parse(result.output).object)
        #expect(report["vulkan"]?["error"]?.string?.isEmpty == false)
        #expect(report["model"]?["error"]?.string?.hasPrefix("/nonexistent") == true)
        #expect(try #require(report["cores"]?["usable"]?.integer) >= 1)
        #expect(report["processor"]?["instruction_sets"]?.array?.contains(.string("scalar")) == true)
    }

    @Test func theDoctorReportsAnInstructionSetThatIsNotThere() throws {
        let result = try Command.run("doctor", environment: ["TRIAGE_ISA": "vax"])
        #expect(result.status == 2 && result.output.contains("TRIAGE_ISA is \"vax\""))
    }
}
