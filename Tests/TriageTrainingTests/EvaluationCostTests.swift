import Testing

@testable import TriageModel
@testable import TriageTraining

@Suite("Evaluation: costs")
struct EvaluationCostTests {
    private static let routes = ["script", "remote", "human"]
    private static let yaml = """
        routes:
          script: { price: 0.5, latency_ms: 5 }
          remote: { price: 1, latency_ms: 2000 }
          human:  { price: 4.0, latency_ms: 60e4 }
        mistakes:            # * is no alias here
          human: { script: 25.0, remote: 10.0 }
          remote: { script: 2, human: 0 }
          script: { remote: 0, human: 0 }
        """

    private static func costs(_ yaml: String, _ routes: [String] = routes) throws -> Costs {
        try Costs(Array(yaml.utf8), file: "f", routes: routes)
    }

    @Test("Prices are read by route")
    func reads() throws {
        let costs = try Self.costs(Self.yaml)
        #expect(costs.prices == [0.5, 1, 4] && costs.latencies == [5, 2000, 600_000])
        #expect(costs.mistakes == [[0, 0, 0], [2, 0, 0], [25, 10, 0]])
        #expect(costs.fallback == 2 && costs.mostCapable == 1)
        #expect(
            try Self.costs("routes: {a: {price: 1, latency_ms: 0}}\nmistakes: {}", ["a"]).mistakes == [[0]]
        )
    }

    @Test(
        "What is wrong is said with its line",
        arguments: [
            ("", "f: empty"), ("- 1", ":1:1: the file is a list, expected a mapping with routes, mistakes"),
            ("a: [", ": not YAML"),
            (
                "{routes: {}, mistakes: {}, price: 1}",
                ":1:28: unknown key `price` in the file; expected routes, mistakes"
            ),
            ("routes: {}", ":1:1: `mistakes` is missing in the file"),
            ("a: &a 1\nb: *a", "f:1:4: anchors are not read"),
            ("routes: {}\nroutes: {}", "key `routes` occurs twice"),
        ]
    )
    func broken(yaml: String, reason: String) {
        let error = #expect(throws: DataFileError.self) { try Self.costs(yaml) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test(
        "So is every value",
        arguments: [
            (
                "  script: { price: 0.5,", "  robot: { price: 0.5,",
                ":2:3: unknown key `robot` in `routes`; expected script, remote, human"
            ),
            ("latency_ms: 5 }", "}", ":2:11: `latency_ms` is missing in `script`"),
            ("0.5", "\"0.5\"", ":2:20: `price` of `script` must be a number from 0 to 1000000000"),
            ("0.5", "-1", ":2:20: `price` of `script` must be a number from 0 to 1000000000"),
            ("0.5", ".nan", ":2:20: `price` of `script` must be a number from 0 to 1000000000"),
            ("0.5", "[1]", ":2:20: `price` of `script` must be a number from 0 to 1000000000"),
            (
                "remote: 10.0", "remote: 10.0, human: 1",
                ":6:40: unknown key `human` in the mistakes of `human`; expected script, remote"
            ),
            ("remote: 0, human: 0", "remote: 0", ":8:11: `human` is missing in the mistakes of `script`"),
        ]
    )
    func brokenValue(part: String, replacement: String, reason: String) throws {
        let range = try #require(Self.yaml.firstRange(of: part))
        var yaml = Self.yaml
        yaml.replaceSubrange(range, with: replacement)
        let broken = yaml
        let error = #expect(throws: DataFileError.self) { try Self.costs(broken) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test("All places are named at once")
    func manyDefects() {
        let yaml = "routes: {a: {price: -1, latency_ms: x}, b: {price: 1, latency_ms: 1}}\nmistakes: {a: {b: 0}}\nc: d"
        let error = #expect(throws: DataFileError.self) { try Self.costs(yaml, ["a", "b"]) }
        #expect(
            error?.description.split(separator: "\n").map { $0.prefix { $0 != " " } } == [
                "f:1:21:", "f:1:37:", "f:2:11:", "f:3:1:",
            ]
        )
    }

    /// Four queries, the right routes script, remote, human, human; the model sends them to script, script, human and, as it
    /// abstains, nowhere.
    private func figures() throws -> CostFigures {
        var sample = EvaluationSample(
            truth: [0, 1, 2, 2],
            probabilities: [[0.9, 0.1, 0], [0.6, 0.4, 0], [0.1, 0.1, 0.8], [0.2, 0.5, 0.3]]
        )
        sample.routes = Self.routes
        var predictions = sample.predictions
        predictions[3].outcome = .abstainedAmbiguous
        predictions[3].route = nil
        let rows = EvaluationRows(
            sample.data,
            predictions,
            space: try AnswerSpace(model: sample.labels, data: sample.data)
        )
        return CostFigures(rows, try Self.costs(Self.yaml))
    }

    @Test("The model's cost is what it sends queries to and what it mistakes; it sends them to a person if to nobody")
    func model() throws {
        let model = try figures().model
        #expect(model.handling == 2.25 && model.mistakes == 0.5 && model.total == 2.75)
        #expect(model.rightShare == 0.75 && model.shares == [0.5, 0, 0.5])
        #expect(isClose(model.latency, (5 + 5 + 1_200_000) / 4))
    }

    @Test("Baselines are computed on the same queries")
    func baselines() throws {
        let figures = try figures()
        let costs = Dictionary(uniqueKeysWithValues: figures.baselines.map { ($0.name, $0.total) })
        // Two of four queries are mistaken at 10 each.
        #expect(costs["always remote"] == 6 && costs["always human"] == 4)
        #expect(costs["oracle"] == 2.375)
        // Later rows are longer: rows 3 and 4 to human, 1 and 2 to script.
        #expect(costs["longest first"] == 2.75)
        // Half of each to script and half to human: a mistake at 2 and two at 25, each half the time.
        #expect(costs["random"] == 2.25 + 6.5)
        #expect(isClose(figures.saving(beside: figures.baselines[0]), 0.541666667))
    }

    @Test("The threshold is swept from all to the fallback to none")
    func curve() throws {
        let curve = try figures().curve
        #expect(curve.map(\.coverage) == [0, 0.25, 0.5, 0.75, 1])
        #expect(curve.map(\.rightShare) == [0.5, 0.75, 0.75, 0.75, 0.5])
        #expect(isClose(curve[1].threshold, Double(Float(0.9))) && curve[0].threshold == nil)
        let totals: [Double] = [16, 12.5, 12.5, 11, 18]
        #expect(zip(curve, totals).allSatisfy { isClose($0.cost, $1 / 4) })
        #expect(try figures().cheapest == curve[3])
    }
}
