import StrictJSON
import Testing

@testable import TriageModel
@testable import TriageTraining

@Suite("Evaluation: reports")
struct EvaluationReportTests {
    private static let hostile =
        "<script>alert(\"1\")</script> & 'x' \u{202E}desrever\u{202C} \u{7}\u{1B}[31m \u{FFFE} ]]> <!--"

    private func report(
        _ sample: EvaluationSample,
        text: String? = nil,
        checks: [EvaluationReport.Check] = [],
        against other: EvaluationSample? = nil
    ) throws -> EvaluationReport {
        var data = sample.data
        if let text { for index in data.texts.indices { data.texts[index].text = text } }
        let sets = try [sample.rows()] + (other.map { [try $0.rows()] } ?? [])
        let bootstrap = Bootstrap(seed: 3, resamples: 20)
        let (key, differences) = try bootstrap.keyFigures(of: sets)
        let model = EvaluationReport.Subject(name: text ?? "m", identity: "sha256:1", directory: "models/m")
        var costs: CostFigures?
        if sample.routes != nil {
            let prices = Costs(
                routes: ["script", "human"],
                prices: [0, 1],
                latencies: [1, 9],
                mistakes: [[0, 0], [5, 0]]
            )
            costs = CostFigures(sets[0], prices)
        }
        return EvaluationReport(
            model: model,
            data: data,
            figures: Figures(data, sample.predictions, rows: sets[0], key: key[0]),
            costs: costs,
            against: other.map { other in
                let figures = Figures(data, other.predictions, rows: sets[1], key: key[1])
                return (
                    model,
                    ModelComparison(data, now: sets[0], before: sets[1], figures: figures, differences: differences)
                )
            },
            checks: checks,
            bootstrap: bootstrap
        )
    }

    private var routed: EvaluationSample {
        var sample = EvaluationSample.two
        sample.routes = ["script", "human"]
        sample.sources = sample.truth.indices.map { "source \($0 % 3)" }
        return sample
    }

    @Test("Whatever the texts hold, the page has no markup of theirs and no controls")
    func escaping() throws {
        let html = try report(routed, text: Self.hostile, against: .two).html
        #expect(!html.contains("<script") && !html.contains("<!--") && !html.contains("]]>"))
        let allowed: (Unicode.Scalar) -> Bool = { $0 == "\n" || ($0.value >= 0x20 && $0.value != 0x7F) }
        #expect(html.unicodeScalars.allSatisfy { allowed($0) && !("\u{202A}"..."\u{202E}").contains($0) })
        #expect(html.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; &lt;U+202E&gt;"))
        #expect(!html.unicodeScalars.contains("\u{FFFE}"))
    }

    @Test("The page stands alone, is well formed, and its charts have a title and a description")
    func page() throws {
        let html = try report(routed, against: .two).html
        for outside in ["http:", "https:", "url(", "@import", "src=", "href=", "onload"] {
            #expect(!html.contains(outside))
        }
        #expect(html.ranges(of: "<svg").count == 4 && html.ranges(of: "<desc").count == 4)
        #expect(!html.contains("nan") && !html.contains("inf\""))
        let body = try #require(html.firstRange(of: "<body>").map { html[$0.lowerBound...] })
        var open: [Substring] = ["html"]
        for tag in body.matches(of: /<(\/?)([a-z0-9]+)[^>]*?(\/?)>/) where tag.output.3.isEmpty {
            if tag.output.1.isEmpty { open.append(tag.output.2) } else { #expect(open.popLast() == tag.output.2) }
        }
        #expect(open.isEmpty)
    }

    @Test("The JSON holds what is documented, and reads back", arguments: [true, false])
    func json(isRouted: Bool) throws {
        let report = try report(isRouted ? routed : .two, against: isRouted ? .two : nil)
        let json = try JSONParser.parse(JSONValue.object(report.json).text(pretty: true))
        let keys = ["schema", "model", "data", "bootstrap", "figures", "costs", "comparison", "checks", "wrong"]
        #expect(json.object?.members.map(\.key) == keys)
        #expect(json["figures"]?["accuracy"]?["value"]?.number == 16.0 / 18)
        #expect(json["figures"]?["accuracy"]?["interval"]?.array?.count == 2)
        #expect(json["wrong"]?.array?.count == 4 && json["figures"]?["outcomes"]?["classified"] == 15)
        #expect((json["figures"]?["routes"] == .null) == !isRouted && (json["costs"] == .null) == !isRouted)
    }

    @Test("Every report of hardly any rows is whole")
    func small() throws {
        for sample in [
            EvaluationSample(truth: [0], probabilities: [[1]]),
            EvaluationSample(truth: [-1], probabilities: [[0.5, 0.5]]),
            EvaluationSample(truth: [1, -1], probabilities: [[.nan, .nan], [0, 0]], routes: ["script", "human"]),
        ] {
            let report = try report(sample)
            #expect(!report.text(wrong: 5, columns: 80).contains("nan") && !report.html.contains("nan"))
            #expect(!JSONValue.object(report.json).text().contains("nan"))
        }
    }

    @Test("The text names wrong queries, as many as asked for, and cuts them to the terminal")
    func text() throws {
        let report = try report(.two, text: Self.hostile)
        #expect(
            report.text(wrong: 1, columns: nil).contains("and 3 more")
                && !report.text(wrong: 0, columns: nil).contains("Wrong")
        )
        let lines = report.text(wrong: 4, columns: 60).split { $0 == "\n" }
        #expect(lines.suffix(4).allSatisfy { $0.count <= 60 })
        #expect(!report.text(wrong: 4, columns: nil).unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }

    @Test("Changes are told apart: fixed, broken, and abstention on what is out of scope")
    func comparison() throws {
        var now = EvaluationSample.two
        now.probabilities[18] = [0.9, 0.1]
        now.probabilities[0] = [0.1, 0.9]
        now.answered?[1] = 1
        let comparison = try #require(try report(now, against: .two).against?.comparison)
        #expect(comparison.fixed.map(\.row) == [19] && comparison.broken.map(\.row) == [1, 2])
        #expect(comparison.fixed.map(\.before) == ["b"] && comparison.fixed.map(\.now) == ["a"])
        #expect(isClose(comparison.differences[.coverage]?.value, 1.0 / 24))
    }

    @Test("A check fails for a worse figure, on the side that is worse, and for one that is undefined")
    func checks() throws {
        let figures = try routed.figures()
        func isPassed(_ name: String, _ limit: Double) throws -> Bool {
            let metric = try #require(Metric(name))
            let figure = metric.value(in: figures, costs: nil)
            return EvaluationReport.Check(name: name, metric: metric, limit: limit, figure: figure).isPassed
        }
        #expect(try isPassed("accuracy", 0.88) && !isPassed("accuracy", 0.89))
        #expect(try isPassed("ece", 0.17) && !isPassed("ece", 0.16))
        #expect(try isPassed("precision.b", 0.75) && isPassed("recall.human", 1) && !isPassed("source.source 0", 0.99))
        #expect(try isPassed("recall_at.human.30", 0.5) && !isPassed("recall_at.human.5", 0.5) && !isPassed("cost", 9))
        #expect(Metric("accuracy ") == nil && Metric("recall_at.human.16") == nil && Metric("f1.") == nil)
        #expect(Metric("recall_at.a.b.15") == .recallAt(route: "a.b", budget: 15))
        #expect(Metric.source("x").objection(figures.space, sources: ["y"]) != nil)
    }

    @Test(
        "A promise is compared with what was found, and with what chance explains",
        arguments: [(0.25, "(kept)"), (0.19, "(more, which may be chance)"), (0.01, "(not kept on this data)")]
    )
    func promise(maximumError: Double, verdict: String) throws {
        let sample = EvaluationSample.two, rows = try sample.rows()
        // A fifth of the decisions are wrong.
        let key = try Bootstrap(seed: 1, resamples: 200).keyFigures(of: [rows]).figures[0]
        var error = try #require(key[.answeredError])
        error.interval = 0.05...0.4
        let figures = Figures(
            sample.data,
            sample.predictions,
            rows: rows,
            key: key.merging([.answeredError: error]) { $1 },
            promise: .init(maximumError: maximumError, certainty: 0.9, coverage: 1, rows: 1, decided: 1, wrong: 0)
        )
        let report = EvaluationReport(
            model: .init(name: "m", identity: "", directory: ""),
            data: sample.data,
            figures: figures,
            costs: nil,
            against: nil,
            checks: [],
            bootstrap: Bootstrap(seed: 1)
        )
        #expect(report.promise?.contains(verdict) == true && report.html.contains(verdict))
    }

    @Test("Ticks are round and within the axis")
    func ticks() {
        func ticks(_ range: ClosedRange<Double>) -> [Double] { Chart.Axis(title: "", range: range).ticks }
        #expect(zip(ticks(0...1), [0, 0.2, 0.4, 0.6, 0.8, 1]).allSatisfy { isClose($0, $1) })
        #expect(zip(ticks(0...0.033), [0, 0.01, 0.02, 0.03]).allSatisfy { isClose($0, $1) })
        #expect(ticks(3...3) == [3] && ticks(120...780) == [200, 400, 600])
    }
}
