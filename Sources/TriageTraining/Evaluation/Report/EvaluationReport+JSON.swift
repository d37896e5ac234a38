package import StrictJSON

extension EvaluationReport {
    /// Rises when readers of older reports would misunderstand a newer one.
    private static let schema = 1

    /// Everything, for programs. Shares are from 0 to 1; what is undefined is null.
    package var json: JSONObject {
        [
            "schema": JSONValue(Self.schema),
            "model": model.json,
            "data": .object([
                "file": .string(data.file), "sha256": .string(data.digest), "rows": JSONValue(figures.rows),
                "rows_in_scope": JSONValue(figures.rowsInScope),
                "out_of_scope_label": TriageTraining.json(data.outOfScopeLabel),
                "labelled_by": .string(figures.space.basis.rawValue),
            ]),
            "bootstrap": .object([
                "resamples": JSONValue(bootstrap.resamples), "seed": .string(String(bootstrap.seed)),
            ]),
            "figures": .object(figures.json),
            "costs": costs.map { .object($0.json) } ?? .null,
            "comparison": against.map { .object(Self.json($0.model, $0.comparison)) } ?? .null,
            "checks": .array(
                checks.map { check in
                    .object([
                        "figure": .string(check.name), "limit": .number(check.limit), "found": check.figure.json,
                        "passed": .bool(check.isPassed),
                    ])
                }
            ),
            "wrong": .array(figures.wrong.map(\.json)),
        ]
    }

    private static func json(_ other: Subject, _ comparison: ModelComparison) -> JSONObject {
        let differences = KeyFigure.allCases.map { key in
            JSONObject.Member(key: key.rawValue, value: comparison.differences[key]?.json ?? .null)
        }
        return [
            "model": other.json, "before": .object(comparison.before.keyJSON),
            "differences": .object(JSONObject(uniqueMembers: differences)),
            "fixed": .array(comparison.fixed.map(\.json)), "broken": .array(comparison.broken.map(\.json)),
        ]
    }
}

extension EvaluationReport.Subject {
    fileprivate var json: JSONValue {
        .object(["name": .string(name), "identity": .string(identity), "directory": .string(directory)])
    }
}

extension WrongQuery {
    fileprivate var json: JSONValue {
        .object([
            "row": JSONValue(row), "text": .string(text), "expected": .string(expected),
            "given": TriageTraining.json(given), "confidence": .number(confidence),
            "outcome": .string(outcome.name), "reason": .string(outcome.reason), "source": TriageTraining.json(source),
            "nearest": TriageTraining.json(nearest),
        ])
    }
}

extension ModelComparison.Change {
    fileprivate var json: JSONValue {
        .object([
            "row": JSONValue(row), "text": .string(text), "expected": .string(expected),
            "before": TriageTraining.json(before), "now": TriageTraining.json(now),
        ])
    }
}

extension CostFigures {
    fileprivate var json: JSONObject {
        [
            "fallback": .string(costs.routes[costs.fallback]), "model": .object(object(model)),
            "baselines": .array(
                baselines.map { baseline in
                    var json = object(baseline)
                    json["model_saves"] = TriageTraining.json(saving(beside: baseline))
                    return .object(json)
                }
            ),
            "cheapest": cheapest.map(object) ?? .null, "curve": .array(curve.map(object)),
        ]
    }

    private func object(_ policy: PolicyCost) -> JSONObject {
        let shares = zip(costs.routes, policy.shares).map { JSONObject.Member(key: $0, value: .number($1)) }
        return [
            "name": .string(policy.name), "cost": .number(policy.total), "handling": .number(policy.handling),
            "mistakes": .number(policy.mistakes), "latency_ms": .number(policy.latency),
            "right": .number(policy.rightShare), "shares": .object(JSONObject(uniqueMembers: shares)),
        ]
    }

    private func object(_ point: Point) -> JSONValue {
        .object([
            "threshold": TriageTraining.json(point.threshold), "coverage": .number(point.coverage),
            "cost": .number(point.cost), "right": .number(point.rightShare),
        ])
    }
}

func json(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }

func json(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
