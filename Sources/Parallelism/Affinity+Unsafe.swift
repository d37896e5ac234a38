internal import CParallelism
import Glibc

/// The processors that are switched on.
package func onlineProcessors() -> Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

/// The processors on which the scheduler may place the process's first thread, which is what its mask says of the process:
/// other threads may be bound to fewer. Nil where the system does not say.
func affinityProcessors() -> Int? {
    affinityMask().map { $0.reduce(0) { $0 + $1.nonzeroBitCount } }
}

/// Lets the calling thread run where the process may; it stays where it is when the system refuses.
func useProcessorsOfProcess() {
    guard let mask = affinityMask() else { return }
    _ = unsafe parallelism_set_affinity(0, mask.count * MemoryLayout<UInt>.size, mask)
}

private func affinityMask() -> [UInt]? {
    // Not shorter than the kernel's own mask, which has a bit for every processor that could ever be there.
    var mask = [UInt](repeating: 0, count: 1024)
    let byteCount = mask.count * MemoryLayout<UInt>.size
    return unsafe parallelism_get_affinity(getpid(), byteCount, &mask) == 0 ? mask : nil
}
