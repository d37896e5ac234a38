import Glibc

/// Zeroed pages of the system, huge ones where it has them: there are hundreds of times fewer page faults, which take
/// longer than filling the pages does.
package enum FreshPages {
    /// Of x86-64, and of ARM with pages of 4 kB.
    private static let hugePageByteCount = 2 << 20

    /// Maps at least one byte; the start has the alignment of a page, mostly of a huge one. Nil without memory for it.
    package static func map(byteCount: Int) -> UnsafeMutableRawPointer? {
        // Linux aligns to huge pages what is a multiple of them.
        let mapped = roundedUp(byteCount, to: hugePageByteCount)
        let start = unsafe mmap(nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start = unsafe start, unsafe start != UnsafeMutableRawPointer(bitPattern: -1) else { return nil }
        let used = inPages(byteCount)
        if mapped > used { unsafe munmap(start + used, mapped - used) }
        // A refusal costs time only.
        unsafe madvise(start, used, MADV_HUGEPAGE)
        return unsafe start
    }

    /// Gives back pages that `map` gave, all or some of them; `start` is that of a page.
    package static func unmap(_ start: UnsafeMutableRawPointer, byteCount: Int) {
        unsafe munmap(start, byteCount)
    }

    /// The bytes of the pages that so many bytes take.
    package static func inPages(_ byteCount: Int) -> Int { roundedUp(byteCount, to: sysconf(CInt(_SC_PAGESIZE))) }

    private static func roundedUp(_ count: Int, to unit: Int) -> Int { (count + unit - 1) / unit * unit }
}
