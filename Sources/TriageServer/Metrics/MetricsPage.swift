/// Writes metrics in the text format of Prometheus, version 0.0.4.
struct MetricsPage {
    static let contentType: StaticString = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    typealias Labels = KeyValuePairs<String, String>

    /// Begins a metric, whose samples follow.
    mutating func begin(_ name: String, _ type: String, _ help: String) {
        text += "# HELP triage_\(name) \(help)\n# TYPE triage_\(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ labels: Labels, _ value: Double) {
        text += "triage_\(name)\(Self.braces(labels.map { ($0.key, $0.value) })) \(Self.number(value))\n"
    }

    mutating func sample(_ name: String, _ labels: Labels, _ value: Int) {
        sample(name, labels, Double(value))
    }

    /// A metric of one sample.
    mutating func single(_ name: String, _ type: String, _ help: String, _ value: Int) {
        begin(name, type, help)
        sample(name, [:], value)
    }

    mutating func samples(_ name: String, _ labels: Labels, _ distribution: Distribution) {
        let labels = labels.map { ($0.key, $0.value) }
        var count = 0
        for (bound, bucket) in zip(distribution.bounds.map(Self.number) + ["+Inf"], distribution.counts) {
            count += bucket
            text += "triage_\(name)_bucket\(Self.braces(labels + [("le", bound)])) \(count)\n"
        }
        text += "triage_\(name)_sum\(Self.braces(labels)) \(Self.number(distribution.sum))\n"
        text += "triage_\(name)_count\(Self.braces(labels)) \(count)\n"
    }

    private static func braces(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? value.description
    }
}
