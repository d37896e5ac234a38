import Parallelism
import Synchronization
import Testing

@Suite struct UsableCoresTests {
    private func limit(_ files: [String: String]) -> Double? { UsableCores.groupLimit { files[$0] } }

    @Test func readsTheUnifiedHierarchy() {
        let group = "0::/a.slice/b.scope\n"
        #expect(limit([:]) == nil)
        #expect(limit(["/proc/self/cgroup": group, "/sys/fs/cgroup/a.slice/b.scope/cpu.max": "max 100000\n"]) == nil)
        let files = [
            "/proc/self/cgroup": group, "/sys/fs/cgroup/a.slice/b.scope/cpu.max": "400000 100000\n",
            "/sys/fs/cgroup/a.slice/cpu.max": "150000 100000\n",
        ]
        #expect(limit(files) == 1.5)
        // In a container the path of the host does not exist.
        #expect(limit(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "50000 100000"]) == 0.5)
    }

    @Test func readsTheOlderHierarchy() {
        let group = "12:memory:/x\n4:cpu,cpuacct:/docker/1\n"
        let folder = "/sys/fs/cgroup/cpu/docker/1"
        let limited = ["\(folder)/cpu.cfs_quota_us": "300000\n", "\(folder)/cpu.cfs_period_us": "100000\n"]
        #expect(limit(limited.merging(["/proc/self/cgroup": group]) { $1 }) == 3)
        let free = ["\(folder)/cpu.cfs_quota_us": "-1\n", "\(folder)/cpu.cfs_period_us": "100000\n"]
        #expect(limit(free.merging(["/proc/self/cgroup": group]) { $1 }) == nil)
    }

    @Test(arguments: ["", "max", "1 0", "x y", "1 2 3", "nan nan", "-5 10", "inf 1", "1e308 1e-308"])
    func survivesAnythingInThatFile(text: String) {
        let limit = limit(["/proc/self/cgroup": "0::/\nnonsense\n", "/sys/fs/cgroup/cpu.max": text])
        let cores = UsableCores(affinity: 8, groupLimit: limit)
        #expect((1...8).contains(cores.count))
    }

    @Test func countsWhatBothAllow() {
        #expect(UsableCores(affinity: 8, groupLimit: nil).count == 8)
        #expect(UsableCores(affinity: 8, groupLimit: 2.5).count == 3)
        #expect(UsableCores(affinity: 2, groupLimit: 64).count == 2)
    }

    /// A thread bound to one processor neither counts as the process nor passes its bond on.
    @Test func boundThreadsAreNotTheProcess() throws {
        let all = UsableCores.current().affinity
        #expect((1...onlineProcessors()).contains(all))
        let counts = Mutex<[Int]>([])
        try Thread {
            pinToOneProcessor()
            counts.withLock { $0 = [ownProcessors(), UsableCores.current().affinity] }
            let other = try? Thread { counts.withLock { $0.append(ownProcessors()) } }
            other?.join()
        }.join()
        #expect(counts.withLock { $0 } == [1, all, all])
    }
}
