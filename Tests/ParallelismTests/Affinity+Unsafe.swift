import CParallelism

/// Keeps the calling thread on the first processor that it may run on.
func pinToOneProcessor() {
    var mask = [UInt](repeating: 0, count: 1024)
    let byteCount = mask.count * MemoryLayout<UInt>.size
    guard unsafe parallelism_get_affinity(0, byteCount, &mask) == 0,
        let word = mask.firstIndex(where: { $0 != 0 })
    else { return }
    mask[word] = 1 << UInt(mask[word].trailingZeroBitCount)
    for later in (word + 1)..<mask.count { mask[later] = 0 }
    _ = unsafe parallelism_set_affinity(0, byteCount, mask)
}

/// The processors that the calling thread may run on.
func ownProcessors() -> Int {
    var mask = [UInt](repeating: 0, count: 1024)
    guard unsafe parallelism_get_affinity(0, mask.count * MemoryLayout<UInt>.size, &mask) == 0 else { return 0 }
    return mask.reduce(0) { $0 + $1.nonzeroBitCount }
}
