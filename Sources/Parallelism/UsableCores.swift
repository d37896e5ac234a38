/// How many processors this process may use.
package struct UsableCores: Equatable, Sendable {
    /// Those that the scheduler may place it on.
    package let affinity: Int
    /// The share of processor time that its control group is given, in processors; nil where there is no limit.
    package let groupLimit: Double?

    /// Threads that can run at once. A fraction counts as one more: half a processor left idle costs more than it.
    package var count: Int {
        guard let groupLimit else { return max(1, affinity) }
        return max(1, min(affinity, Int(min(groupLimit, 1e6).rounded(.up))))
    }

    package init(affinity: Int, groupLimit: Double?) {
        self.affinity = affinity
        self.groupLimit = groupLimit
    }

    package static func current() -> UsableCores {
        UsableCores(affinity: affinityProcessors() ?? onlineProcessors(), groupLimit: groupLimit(read: smallFile))
    }

    /// The least limit of the group and those above it, in the unified hierarchy (v2) or that of `cpu` (v1).
    package static func groupLimit(read: (String) -> String?) -> Double? {
        var limits: [Double] = []
        for line in (read("/proc/self/cgroup") ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let controllers = fields[1].split(separator: ",")
            if fields[1].isEmpty {
                for group in groups(from: fields[2]) {
                    limits.append(contentsOf: unified(read("/sys/fs/cgroup\(group)/cpu.max")))
                }
            } else if controllers.contains("cpu") {
                for group in groups(from: fields[2]) {
                    let folder = "/sys/fs/cgroup/cpu\(group)"
                    guard let quota = read("\(folder)/cpu.cfs_quota_us"),
                        let period = read("\(folder)/cpu.cfs_period_us")
                    else { continue }
                    limits.append(contentsOf: unified("\(quota) \(period)"))
                }
            }
        }
        return limits.min()
    }

    /// The group and all above it, the root being empty. In a container the path may be the host's; the root is then
    /// the container's own group.
    private static func groups(from path: Substring) -> [String] {
        let names = path.split(separator: "/")
        return (0...names.count).map { count in names[..<count].map { "/" + $0 }.joined() }
    }

    /// `quota period` in microseconds; `max` or a negative quota is no limit.
    private static func unified(_ text: String?) -> [Double] {
        let fields = (text ?? "").split(whereSeparator: \.isWhitespace).map { Double($0) }
        guard fields.count == 2, let quota = fields[0], let period = fields[1], quota > 0, period > 0 else { return [] }
        return [quota / period]
    }
}
