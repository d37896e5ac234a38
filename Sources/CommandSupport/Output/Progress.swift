/// How far a run is, as a line for a terminal.
struct Progress {
    private static let barWidth = 24

    private let totalBytes: Int?
    private let start = ContinuousClock.now
    private var lastDrawn: ContinuousClock.Instant?

    init(totalBytes: Int?) {
        self.totalBytes = totalBytes
    }

    /// The line to draw; nil while the last one is fresh enough.
    mutating func line(queries: Int, bytes: Int, columns: Int) -> String? {
        let now = ContinuousClock.now
        if let lastDrawn, now - lastDrawn < .milliseconds(100) { return nil }
        lastDrawn = now
        var parts: [String] = []
        if let totalBytes, totalBytes > 0 {
            // A file may grow while it is read.
            let share = min(1, Double(bytes) / Double(totalBytes))
            parts.append("\(bar(share, width: Self.barWidth)) \(percent(share))")
        }
        parts.append("\(grouped(queries)) queries")
        let seconds = (now - start) / .seconds(1)
        if seconds > 0.5 { parts.append("\(grouped(Int(Double(queries) / seconds)))/s") }
        return fitted(parts.joined(separator: "  "), columns: columns - 1)
    }
}
