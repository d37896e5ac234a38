package import StrictJSON

extension DriftReport {
    /// The report as `/v1/drift` answers it.
    package var json: JSONValue {
        .object([
            "comparable": .bool(notComparable == nil),
            "reason": notComparable.map { .string($0) } ?? .null,
            "reference": .object([
                "model": .string(reference.modelIdentity), "policy": .string(reference.policyIdentity),
                "first_stage": .bool(reference.usesFirstStage), "data": .string(reference.data),
                "rows": JSONValue(reference.rows),
            ]),
            "window": JSONValue(window),
            "false_alarm_rate": .number(falseAlarmRate),
            "decisions": JSONValue(decisions),
            "incomparable": JSONValue(incomparable),
            "windows": JSONValue(windows),
            "alarms": JSONValue(alarms),
            "last": last.map { $0.json } ?? .null,
            "running": running.json,
        ])
    }
}

extension DriftReport.Window {
    /// The window as a report holds it.
    package var json: JSONValue {
        .object([
            "start": JSONValue(start),
            "decisions": JSONValue(decisions),
            "alarm": .bool(isAlarm),
            "statistics": .object(
                JSONObject(uniqueMembers: statistics.map { .init(key: $0.kind.rawValue, value: $0.json) })
            ),
        ])
    }
}

extension DriftReport.Statistic {
    fileprivate var json: JSONValue {
        .object([
            "psi": psi.map { .number($0) } ?? .null,
            "bound": bound.map { .number($0) } ?? .null,
            "alarm": .bool(isAlarm),
            "decisions": JSONValue(rows),
            "moved": .array(
                moved.map {
                    .object([
                        "bin": .string($0.name), "expected": .number($0.expected), "found": .number($0.found),
                        "psi": .number($0.psi),
                    ])
                }
            ),
        ])
    }
}
