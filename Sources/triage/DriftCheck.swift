import CommandSupport
import StrictJSON
import TriageRouter

/// What a replay found, window by window.
struct DriftCheck {
    let report: DriftReport
    let windows: [DriftReport.Window]

    private var firstAlarm: DriftReport.Window? { windows.first { $0.isAlarm } }
    private var firstAlarmAfter: Int? { firstAlarm.map { $0.start + $0.decisions } }

    var json: JSONValue {
        let report = report.json
        var object = JSONObject(uniqueMembers: [])
        for key in ["reference", "window", "false_alarm_rate"] { object[key] = report[key] }
        object["windows"] = .array(windows.map(\.json))
        object["alarms"] = report["alarms"]
        object["first_alarm_after"] = firstAlarmAfter.map { JSONValue($0) } ?? .null
        object["rest"] = report["running"]
        return .object(object)
    }

    /// A line a window, and what moved most in the first that raised an alarm.
    var text: String {
        let kinds = windows.first?.statistics.map(\.kind.rawValue) ?? []
        var lines = [row("queries", kinds)]
        for window in windows {
            let cells = window.statistics.map { statistic in
                (statistic.psi.map(Self.index) ?? "–") + (statistic.isAlarm ? "!" : " ")
            }
            let range = "\(grouped(window.start + 1)) to \(grouped(window.start + window.decisions))"
            lines.append(row(range, cells) + (window.isAlarm ? "  ALARM" : ""))
        }
        if let bounds = windows.last?.statistics.map({ $0.bound.map(Self.index).map { $0 + " " } ?? "– " }) {
            lines.append(row("bound", bounds))
        }
        let rest = report.running.decisions
        if rest > 0 { lines.append("the last \(grouped(rest)) do not fill a window") }
        lines.append("")
        if let firstAlarm, let firstAlarmAfter {
            lines.append(
                "\(grouped(report.alarms)) of \(grouped(windows.count)) windows raise an alarm, the first after "
                    + "\(grouped(firstAlarmAfter)) queries:"
            )
            for statistic in firstAlarm.statistics where statistic.isAlarm {
                for bin in statistic.moved where bin.psi > 0 {
                    let name = "\(statistic.kind.rawValue) \(visible(bin.name))".padded(to: 40)
                    lines.append("  \(name)  \(percent(bin.expected)) → \(percent(bin.found))")
                }
            }
        } else {
            lines.append("no alarm in \(grouped(windows.count)) windows")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func row(_ name: String, _ cells: [String]) -> String {
        name.padded(to: 22) + cells.map { $0.rightAligned(to: 14) }.joined()
    }

    private static func index(_ value: Double) -> String {
        let thousandths = Int((min(value, 1e6) * 1000).rounded())
        let fraction = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
