import CommandSupport
import Glibc
import Parallelism

/// What a process on this machine uses, from `/proc`.
struct ServerProcess: Sendable {
    struct Usage: Sendable {
        var residentBytes: Int
        /// The most it ever had resident.
        var peakBytes: Int
        var processorSeconds: Double
    }

    let identifier: Int

    /// Nil where there is no such process, or it has ended.
    func usage() -> Usage? {
        guard let status = smallFile("/proc/\(identifier)/status"), let times = smallFile("/proc/\(identifier)/stat"),
            let resident = Self.kilobytes("VmRSS:", status), let peak = Self.kilobytes("VmHWM:", status),
            let ticks = Self.ticks(times)
        else { return nil }
        return Usage(
            residentBytes: resident * 1024,
            peakBytes: peak * 1024,
            processorSeconds: Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
        )
    }

    static func kilobytes(_ field: String, _ status: String) -> Int? {
        let line = status.split(separator: "\n").first { $0.hasPrefix(field) }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    }

    /// In user and system mode: fields 14 and 15 of `stat` (proc(5)). The second is a name that may hold anything; what
    /// follows its last parenthesis begins with the third.
    static func ticks(_ stat: String) -> Int? {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[end...].dropFirst().split(separator: " ")
        guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { return nil }
        return user + system
    }
}
