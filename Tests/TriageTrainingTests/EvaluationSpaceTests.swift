import Testing

@testable import TriageModel
@testable import TriageTraining

@Suite("Evaluation: labels and routes")
struct EvaluationSpaceTests {
    private let labels = [
        Label(name: "balance", route: "script"), Label(name: "weather", route: "script"),
        Label(name: "lost card", route: "human"),
    ]

    private func data(_ labels: [String], routes: [String?]? = nil) -> LabelledData {
        let texts = labels.enumerated().map { row, label in
            LabelledText(text: "text", label: label, route: routes?[row], row: row + 1)
        }
        return LabelledData(file: "f.jsonl", digest: "", texts: texts, outOfScopeLabel: "oos")
    }

    @Test("Labels are those of the model")
    func byLabel() throws {
        let space = try AnswerSpace(model: labels, data: data(["weather", "oos"]))
        #expect(space.basis == .label && space.classes == labels.map(\.name))
        #expect(space.routes == ["script", "human"] && space.routeOfLabel == [0, 0, 1])
    }

    @Test("Data labelled with routes is evaluated by route, with the probabilities of a route's labels together")
    func byRoute() throws {
        let data = data(["script", "human", "oos"])
        let space = try AnswerSpace(model: labels, data: data)
        #expect(space.basis == .route && space.classes == ["script", "human"])
        let prediction = Prediction(
            outcome: .classified,
            label: "weather",
            route: "script",
            confidence: 0.375,
            probabilities: [0.25, 0.375, 0.375]
        )
        let rows = EvaluationRows(data, [prediction, prediction, prediction], space: space)
        #expect(rows.confidence == [0.625, 0.625, 0.625] && rows.expected == [0, 1, -1] && rows.given == [0, 0, 0])
        #expect(rows.expectedRoute == [0, 1, -1] && rows.squaredError == [0.28125, 0.78125, 0])
    }

    @Test("The route in the data counts, not that of its label")
    func routesOfTheData() throws {
        let data = data(["weather", "weather", "oos"], routes: ["human", nil, "human"])
        let space = try AnswerSpace(model: labels, data: data)
        let rows = EvaluationRows(data, [.unavailable, .unavailable, .unavailable], space: space)
        #expect(rows.expectedRoute == [1, 0, 1] && rows.sentRoute == [-1, -1, -1])
    }

    @Test("What the model does not know is listed")
    func unknown() throws {
        let error = #expect(throws: EvaluationError.self) {
            try AnswerSpace(model: labels, data: data(["weather", "snow", "hail"]))
        }
        #expect(
            error?.description.hasPrefix("f.jsonl: the labels \"hail\", \"snow\" are not among the model's: ") == true
        )
        let routes = #expect(throws: EvaluationError.self) {
            try AnswerSpace(model: labels, data: data(["weather"], routes: ["robot"]))
        }
        #expect(routes?.description.contains("the route \"robot\" is not among") == true)
    }

    @Test("A route that only abstention leads to is one of the model's")
    func fallbacks() throws {
        let data = data(["weather", "oos"], routes: [nil, "desk"])
        let space = try AnswerSpace(model: labels, fallbacks: ["human", "desk"], data: data)
        #expect(space.routes == ["script", "human", "desk"])
        let away = Prediction(
            outcome: .abstainedOutOfScope,
            label: "balance",
            route: "desk",
            confidence: 0.5,
            probabilities: [0.5, 0.3, 0.2]
        )
        let routes = try #require(RouteFigures(EvaluationRows(data, [away, away], space: space)))
        #expect(routes.sentRight == Figure(0.5) && routes.accuracy == Figure(0.5))
    }

    @Test("A model without routes has none, whatever the data names")
    func noRoutes() throws {
        let plain = labels.map { Label(name: $0.name, route: nil) }
        let space = try AnswerSpace(model: plain, data: data(["weather"], routes: ["robot"]))
        #expect(space.routes.isEmpty && space.routeOfLabel.isEmpty)
    }
}
