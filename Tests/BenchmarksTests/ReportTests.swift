import StrictJSON
import Testing

@testable import Benchmarks

@Suite struct ReportTests {
    private func sample() throws -> BenchmarkReport {
        report([
            try measure("integer", .rate, [500, 510, 505], in: .peaks),
            try measure("one, \"1\" | thread", .p50, [0.4, 0.3, 0.32]),
            try measure("one, \"1\" | thread", .queriesPerSecond, [3000, 3100, 3050]),
            try measure("batched", .queriesPerSecond, [4000]),
        ])
    }

    @Test func jsonIsReadBack() throws {
        let report = try sample()
        let text = JSONValue.object(report.json).text(pretty: true)
        let copy = try BenchmarkReport(json: try JSONParser.parse(text))
        #expect(copy.measures == report.measures)
        #expect(copy.environment == report.environment && copy.parameters == report.parameters)
    }

    /// What `triage bench --help` promises.
    @Test func jsonHasTheDocumentedFields() throws {
        let json = try sample().json
        #expect(json.members.map(\.key) == ["schema", "environment", "parameters", "measures", "notes"])
        #expect(
            json["schema"] == 1 && json["environment"]?["openblas_core"] == .null
                && json["environment"]?["gpu"] == .null
        )
        let measure = try #require(json["measures"]?.array?[1].object)
        #expect(
            measure.members.map(\.key) == [
                "section", "subject", "quantity", "unit", "better", "value", "lowest", "highest", "rounds",
            ]
        )
        #expect(measure["value"] == .number(0.32) && measure["better"] == "lower")
        #expect(measure["rounds"] == .array([.number(0.4), .number(0.3), .number(0.32)]))
    }

    @Test(arguments: [
        ("[]", "must be an object"), ("{}", "has no schema"), ("{\"schema\": 2}", "schema is 2"),
        ("{\"schema\": \"1\"}", "must be an integer"),
        ("{\"schema\": 1, \"environment\": 5}", "environment must be an object"),
        ("{\"schema\": 1, \"environment\": {}}", "environment has no version"),
    ])
    func otherJSONIsAnError(text: String, reason: String) throws {
        let error = try #require(throws: BenchmarkError.self) { try BenchmarkReport(json: try JSONParser.parse(text)) }
        #expect(error.description.contains(reason))
    }

    @Test(arguments: [
        ("section", JSONValue.string("sections"), "no section"), ("quantity", "p42", "no quantity"),
        ("subject", 7, "must be a string"), ("rounds", .array([]), "above 0"),
        ("rounds", .array([.number(0)]), "above 0"), ("rounds", .array([.number(-1), 2]), "above 0"),
        ("rounds", .array(["1"]), "above 0"), ("rounds", .null, "must be an array"),
    ])
    func brokenMeasuresAreErrors(key: String, value: JSONValue, reason: String) throws {
        var json = try sample().json
        var measures = try #require(json["measures"]?.array)
        var broken = try #require(measures[1].object)
        broken[key] = value
        measures[1] = .object(broken)
        json["measures"] = .array(measures)
        let error = try #require(throws: BenchmarkError.self) { try BenchmarkReport(json: .object(json)) }
        #expect(error.description.contains("measures[1]") && error.description.contains(reason))
    }

    @Test func aMeasureThatOccursTwiceIsAnError() throws {
        var json = try sample().json
        let measures = try #require(json["measures"]?.array)
        json["measures"] = .array(measures + [measures[0]])
        let error = try #require(throws: BenchmarkError.self) { try BenchmarkReport(json: .object(json)) }
        #expect(error.description == "measures[4] repeats peaks: integer: rate")
    }

    @Test func tablesAreBySectionWithAColumnAQuantity() throws {
        let tables = try sample().tables
        #expect(tables.count == 2)
        #expect(tables[1].heads == ["", "p50 ms", "queries/s", "spread"])
        #expect(
            tables[1].rows == [
                ["one, \"1\" | thread", "0.320", "3,050", "0.300 … 0.400"], ["batched", "", "4,000", ""],
            ]
        )
    }

    @Test func textIsAligned() throws {
        let table = Table(
            title: "T",
            heads: ["", "a", "bb"],
            rows: [["é\u{1B}", "1", "2"], ["longer", "10", "200"]]
        )
        #expect(table.text == "T\n           a   bb\n  é␛       1    2\n  longer  10  200\n")
        let text = try sample().text
        for fact in ["A Processor, 4 usable cores, avx2", "a-model", "sha256:0", "64 texts", "warm-up", "3 rounds"] {
            #expect(text.lowercased().contains(fact.lowercased()), "\(fact)")
        }
    }

    @Test func markdownHasTables() throws {
        let markdown = try sample().markdown
        #expect(markdown.contains("|  | p50 ms | queries/s | spread |\n|---|---:|---:|---:|\n"))
        #expect(markdown.contains("| one, \"1\" \\| thread | 0.320 | 3,050 | 0.300 … 0.400 |\n"))
    }

    @Test func csvIsQuoted() throws {
        let lines = try sample().csv.split(separator: "\n")
        #expect(lines[0] == "section,subject,quantity,unit,value,lowest,highest,rounds")
        #expect(lines[2] == "stream,\"one, \"\"1\"\" | thread\",p50,ms,0.32,0.3,0.4,3" && lines.count == 5)
    }
}
