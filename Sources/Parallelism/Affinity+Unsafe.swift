internal import CParallelism
import Glibc

/// The processors that are switched on.
package func onlineProcessors() -> Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

/// The processors on which the scheduler may place the calling thread; nil where the system does not say.
func affinityProcessors() -> Int? {
    // Not shorter than the kernel's own mask, which has a bit for every processor that could ever be there.
    var mask = [UInt](repeating: 0, count: 1024)
    let byteCount = mask.count * MemoryLayout<UInt>.size
    guard unsafe parallelism_get_affinity(0, byteCount, &mask) == 0 else { return nil }
    return mask.reduce(0) { $0 + $1.nonzeroBitCount }
}
