import Glibc

/// Memory that tensors share: allocated on the heap, aligned to 64 bytes (a cache line, an AVX-512 register), or a file
/// mapped for reading. It is freed or unmapped with the last tensor.
///
/// `@unchecked Sendable`: the bytes are written only inside the `fill` closure of `init`, before another thread can see
/// the object, and are read-only after that.
@safe
package final class SharedMemory: @unchecked Sendable {
    package static let alignment = 64

    package let byteCount: Int
    private let base: UnsafeMutableRawPointer
    private let isMapped: Bool

    /// Allocates `byteCount` bytes and lets `fill` write them; bytes it leaves alone are zero.
    /// Throws what `fill` throws; the size is the caller's to bound.
    package init<Failure: Error>(
        byteCount: Int,
        fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        self.byteCount = byteCount
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: Self.alignment)
        isMapped = false
        unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        unsafe try fill(UnsafeMutableRawBufferPointer(start: base, count: byteCount))
    }

    /// Maps the first `byteCount` bytes of an open file, read-only and private; nil when the system refuses (`errno`).
    package init?(mapping descriptor: CInt, byteCount: Int) {
        guard byteCount > 0 else { return nil }
        guard let address = unsafe mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0),
            unsafe address != UnsafeMutableRawPointer(bitPattern: -1)
        else { return nil }
        self.byteCount = byteCount
        unsafe base = address
        isMapped = true
    }

    deinit {
        if isMapped { unsafe munmap(base, byteCount) } else { unsafe base.deallocate() }
    }

    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe try body(UnsafeRawBufferPointer(start: base, count: byteCount))
    }
}
