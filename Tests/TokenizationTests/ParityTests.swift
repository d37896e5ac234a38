import Foundation
import StrictJSON
import Testing
import Tokenization

/// Ids and segments against those of Hugging Face tokenizers, on files that `Generators/generate_cases.py` writes.
@Suite struct ParityTests {
    @Test(arguments: try Configuration.all(in: Configuration.fixtures))
    func committedSample(_ configuration: Configuration) throws {
        try configuration.check()
    }

    /// The large comparison: `TRIAGE_TOKENIZER_PARITY=DIR swift test -c release --filter ParityTests`.
    @Test(
        .enabled(
            if: Configuration.largeDirectory != nil,
            "set TRIAGE_TOKENIZER_PARITY to a directory that generate_cases.py --output has written"
        )
    )
    func largeComparison() throws {
        let directory = try #require(Configuration.largeDirectory)
        for configuration in try Configuration.all(in: directory) {
            print("\(configuration.name): \(try configuration.check()) cases")
        }
    }
}

/// One `NAME.jsonl` of a directory of cases, and the `tokenizer.json` it changes.
struct Configuration: Sendable, CustomTestStringConvertible {
    static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    static let largeDirectory = ProcessInfo.processInfo.environment["TRIAGE_TOKENIZER_PARITY"].map {
        URL(filePath: $0, directoryHint: .isDirectory)
    }

    let name: String
    let directory: URL

    var testDescription: String { name }

    static func all(in directory: URL) throws -> [Configuration] {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter {
            $0.hasSuffix(".jsonl")
        }
        try #require(!names.isEmpty, "\(directory.path) holds no .jsonl files")
        return names.sorted().map { Configuration(name: $0, directory: directory) }
    }

    /// Compares every case and returns their number.
    @discardableResult
    func check() throws -> Int {
        let lines = [UInt8](try Data(contentsOf: directory.appending(path: name))).split(separator: 0x0A)
        let first = try #require(lines.first)
        let overrides = try #require(JSONParser.parse(Array(first)).object)
        let tokenizer = try Tokenizer(json: Self.file(in: directory, replacing: overrides))
        var encoding = Encoding()
        var failures = 0
        for line in lines.dropFirst() {
            let fields = try #require(JSONParser.parse(Array(line)).array)
            try #require(fields.count == 5)
            let text = try #require(fields[0].string)
            tokenizer.encode(text, pair: fields[1].string, maximumLength: fields[2].integer, into: &encoding)
            let ids = try #require(fields[3].array).map(\.integer)
            let segments = try #require(fields[4].array).map(\.integer)
            if encoding.ids.map({ Int($0) }) == ids, encoding.segmentIds.map({ Int($0) }) == segments { continue }
            failures += 1
            guard failures <= 5 else { continue }
            Issue.record(
                """
                \(name): \(text.debugDescription), pair \(fields[1].text()), maximum \(fields[2].text())
                expected \(fields[3].text()) \(fields[4].text())
                found    \(encoding.ids) \(encoding.segmentIds)
                """
            )
        }
        #expect(failures == 0)
        return lines.count - 1
    }

    /// The `tokenizer.json` of a directory with some sections replaced; of `model`, only the members given.
    static func file(in directory: URL, replacing overrides: JSONObject) throws -> JSONValue {
        var file = try #require(
            JSONParser.parse([UInt8](try Data(contentsOf: directory.appending(path: "tokenizer.json")))).object
        )
        for member in overrides.members {
            if member.key == "model", var model = file["model"]?.object, let replaced = member.value.object {
                for field in replaced.members { model[field.key] = field.value }
                file["model"] = .object(model)
            } else {
                file[member.key] = member.value
            }
        }
        return .object(file)
    }
}
