import CommandSupport
import StrictYAML
import Testing

@testable import TriageTraining

/// Files with bytes changed, taken out, repeated or put in at random are read or refused with a `DataFileError`, and
/// what is read keeps the promises of the readers. Nothing traps. The seed is fixed.
@Suite("Damaged data files")
struct DataMutationTests {
    private static let samples: [(name: String, text: String)] = [
        (
            "a.jsonl",
            "{\"text\": \"hé\\u0041\", \"label\": \"x\", \"route\": null}\r\n\n{\"text\": \"b\", \"label\": \"y\"}\n"
        ),
        ("a.csv", "\u{FEFF}text,label,source\r\n\"a, \"\"b\"\"\r\nc\",x,web\r\n\nd,\"y\",\ne,x,\"\"\n"),
        ("a.tsv", "text\tlabel\na\tx\n\"b\tc\"\ty\n"),
        (
            "a.yaml",
            """
            # routes
            labels:
              - name: x
                route: script
                examples: [where is it, 'it''s', "a\\tb", {}, *a]
              - {name: "y", target: t, examples: [~, 7]}
              - ? name
                : z
                examples:
                - |-
                  two
                  lines
                - >
                  folded & text
            out_of_scope: !!seq
            - a: b
            - - c
            fallback: {ambiguous: human, out_of_scope: remote}
            ...
            """
        ),
        (
            "b.yaml",
            "labels: [{name: x, examples: [a, b]}, {name: y, examples: [c, 'd']}]\nfallback: {ambiguous: human}\n"
        ),
    ]

    /// Bytes that mean something to a reader, and some that are not text.
    private static let tokens =
        Array("\"',;\t\n\r:-?&*!|>%@#{}[]\\ a0~\u{85}\u{2028}\u{FEFF}".utf8) + [0, 1, 0x7F, 0xC2, 0xFF]

    @Test("Nothing traps", arguments: samples.indices)
    func mutations(index: Int) throws {
        let sample = Self.samples[index]
        var random = SplitMix64(seed: UInt64(index) + 1)
        var accepted = 0, refused = 0
        for _ in 0..<4000 {
            var bytes = Array(sample.text.utf8)
            for _ in 0...Int.random(in: 0..<4, using: &random) { Self.damage(&bytes, &random) }
            do throws(DataFileError) {
                let contents = try Self.contents(bytes, sample.name)
                accepted += 1
                for text in contents.texts {
                    #expect(nameDefect(text.label) == nil && text.route.map { nameDefect($0) == nil } ?? true)
                    #expect(!text.text.utf8.contains(0))
                }
                let rows = contents.texts.map(\.row)
                #expect(rows == rows.sorted() && Set(rows).count == rows.count && rows.first ?? 1 >= 1)
            } catch {
                refused += 1
                #expect(error.description.hasPrefix(sample.name + ":"))
                if case .rows(_, let rows) = error { #expect(!rows.first.isEmpty && rows.first.count <= rows.count) }
            }
        }
        #expect(refused > 0 && (accepted > 0 || sample.name == "a.yaml"))
    }

    private static func contents(_ bytes: [UInt8], _ name: String) throws(DataFileError) -> DataContents {
        let limits = DataLimits()
        if name.hasSuffix("yaml") {
            return try RoutesFile.read(bytes, file: name, outOfScopeLabel: nil, limits: limits)
        }
        if name.hasSuffix("jsonl") {
            return try JSONLinesReader.read(bytes, file: name, labelField: nil, limits: limits)
        }
        return try CSVReader.read(
            bytes,
            file: name,
            isTabSeparated: name.hasSuffix("tsv"),
            labelField: nil,
            limits: limits
        )
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 0..<8, using: &random))
        let token = tokens[Int.random(in: 0..<tokens.count, using: &random)]
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.removeSubrange(place..<end)
        case 1: bytes.insert(token, at: place)
        case 2: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
        case 3: bytes.removeSubrange(Int.random(in: place...bytes.count, using: &random)...)
        default: if place < bytes.count { bytes[place] = token }
        }
    }
}
