import StrictJSON
import TriageModel

extension Figures {
    /// The key figures by their names.
    var keyJSON: JSONObject {
        JSONObject(uniqueMembers: KeyFigure.allCases.map { .init(key: $0.rawValue, value: self[$0].json) })
    }

    /// All but the wrong queries.
    var json: JSONObject {
        var object = keyJSON
        object["brier"] = reliability.brier.json
        object["aurc"] = coverageCurve.area.json
        object["fpr_at_95_tpr"] = outOfScope?.falsePositiveRateAt95.json ?? .null
        object["source_average"] = sourceAverage.json
        object["promise"] = promise.map(Self.json) ?? .null
        object["outcomes"] = .object([
            "classified": count(.classified), "abstained_ambiguous": count(.abstainedAmbiguous),
            "abstained_out_of_scope": count(.abstainedOutOfScope), "unavailable": count(.unavailable),
        ])
        object["classes"] = .array(classes.map(Self.json))
        object["confusion"] = Self.json(confusion)
        object["routes"] = routes.map(Self.json) ?? .null
        object["sources"] = .array(sources.map(Self.json))
        object["lengths"] = .array(lengths.map(Self.json))
        object["reliability"] = .array(reliability.bins.map(Self.json))
        object["coverage_curve"] = .array(coverageCurve.points.map(Self.json))
        object["out_of_scope"] = outOfScope.map(Self.json) ?? .null
        return object
    }

    private func count(_ outcome: Prediction.Outcome) -> JSONValue { JSONValue(outcomes[outcome] ?? 0) }

    private static func json(_ promise: DecisionSettings.Promise) -> JSONValue {
        .object(["maximum_error": .number(promise.maximumError), "certainty": .number(promise.certainty)])
    }

    private static func json(_ figures: ClassFigures) -> JSONValue {
        .object([
            "name": .string(figures.name), "rows": JSONValue(figures.support), "precision": figures.precision.json,
            "recall": figures.recall.json, "f1": figures.f1.json,
        ])
    }

    /// `given` ends with null: no answer.
    private static func json(_ matrix: ConfusionMatrix) -> JSONValue {
        let classes = matrix.classes.map { JSONValue.string($0) }
        return .object([
            "expected": .array(classes), "given": .array(classes + [.null]),
            "counts": .array(matrix.counts.map { .array($0.map { JSONValue($0) }) }),
        ])
    }

    private static func json(_ routes: RouteFigures) -> JSONValue {
        let recall = zip(routes.routes, routes.recallAt).map { route, figures in
            let members = zip(RouteFigures.budgets, figures).map {
                JSONObject.Member(key: String($0), value: $1.json)
            }
            return JSONObject.Member(key: route.name, value: .object(JSONObject(uniqueMembers: members)))
        }
        return .object([
            "accuracy": routes.accuracy.json, "macro_f1": routes.macroF1.json, "sent_right": routes.sentRight.json,
            "classes": .array(routes.routes.map(json)), "confusion": json(routes.confusion),
            "recall_at": .object(JSONObject(uniqueMembers: recall)),
        ])
    }

    private static func json(_ group: GroupFigures) -> JSONValue {
        .object(["name": .string(group.name), "rows": JSONValue(group.rows), "accuracy": group.accuracy.json])
    }

    private static func json(_ bin: Reliability.Bin) -> JSONValue {
        .object([
            "from": .number(bin.range.lowerBound), "to": .number(bin.range.upperBound), "rows": JSONValue(bin.rows),
            "confidence": TriageTraining.json(bin.confidence), "accuracy": TriageTraining.json(bin.accuracy),
        ])
    }

    private static func json(_ point: CoverageCurve.Point) -> JSONValue {
        .object([
            "coverage": .number(point.coverage), "threshold": .number(point.threshold), "error": .number(point.error),
        ])
    }

    private static func json(_ figures: OutOfScopeFigures) -> JSONValue {
        let curve = figures.curve.map { point in
            JSONValue.object(["fpr": .number(point.falsePositiveRate), "tpr": .number(point.truePositiveRate)])
        }
        return .object([
            "rows": JSONValue(figures.rows), "ranked_by": .string(figures.basis.rawValue), "roc": .array(curve),
        ])
    }
}
