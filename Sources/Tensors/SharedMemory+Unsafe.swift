import Glibc

/// Memory that tensors share: allocated, aligned to 64 bytes (a cache line, an AVX-512 register), or a file mapped for
/// reading. It is freed or unmapped with the last tensor.
///
/// `@unchecked Sendable`: the bytes are written only inside the `fill` closure of `init` and `make`, before another
/// thread can see the object, and are read-only after that.
@safe
package final class SharedMemory: @unchecked Sendable {
    package static let alignment = 64

    /// From this size on memory comes as fresh pages of the system: they are zero without being touched, so the page
    /// faults fall on whoever fills them first, which may be several threads.
    private static let pagedByteCount = 128 << 10

    package let byteCount: Int
    private let base: UnsafeMutableRawPointer
    private let isMapped: Bool

    /// Allocates `byteCount` bytes and lets `fill` write them; bytes it leaves alone are zero.
    /// Throws what `fill` throws. The size is the caller's to bound: without memory for it the process stops.
    package init<Failure: Error>(
        byteCount: Int,
        fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        guard let memory = unsafe Self.allocate(byteCount: byteCount) else {
            fatalError("no memory for a tensor of \(byteCount) bytes")
        }
        self.byteCount = byteCount
        unsafe base = memory.base
        isMapped = unsafe memory.isMapped
        unsafe try fill(UnsafeMutableRawBufferPointer(start: base, count: byteCount))
    }

    /// Maps the first `byteCount` bytes of an open file, read-only and private; nil when the system refuses (`errno`).
    package init?(mapping descriptor: CInt, byteCount: Int) {
        guard byteCount > 0, let address = unsafe mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0),
            unsafe address != UnsafeMutableRawPointer(bitPattern: -1)
        else { return nil }
        self.byteCount = byteCount
        unsafe base = address
        isMapped = true
    }

    private init(_ memory: (base: UnsafeMutableRawPointer, isMapped: Bool), byteCount: Int) {
        self.byteCount = byteCount
        unsafe base = memory.base
        isMapped = unsafe memory.isMapped
    }

    /// Allocates one block for each size and lets `fill` write all of them, on several threads if it likes; bytes it
    /// leaves alone are zero. Nil when the system has no memory for them; throws what `fill` throws.
    ///
    /// Large blocks lie side by side, so that the system can give them huge pages, which saves most page faults; each
    /// block gives its own pages back.
    package static func make<Failure: Error>(
        byteCounts: [Int],
        fill: ([UnsafeMutableRawBufferPointer]) throws(Failure) -> Void
    ) throws(Failure) -> [SharedMemory]? {
        let paged = byteCounts.map { $0 < pagedByteCount ? 0 : FreshPages.inPages($0) }
        // One more, as there may be none.
        guard var pages = unsafe FreshPages.map(byteCount: paged.reduce(1, +)) else { return nil }
        var blocks: [SharedMemory] = []
        for (byteCount, paged) in zip(byteCounts, paged) {
            if paged > 0 {
                blocks.append(unsafe SharedMemory((pages, true), byteCount: byteCount))
                unsafe pages += paged
            } else {
                blocks.append(unsafe SharedMemory((zeros(byteCount), false), byteCount: byteCount))
            }
        }
        unsafe FreshPages.unmap(pages, byteCount: 1)
        unsafe try fill(blocks.map { unsafe UnsafeMutableRawBufferPointer(start: $0.base, count: $0.byteCount) })
        return blocks
    }

    deinit {
        if isMapped { unsafe munmap(base, byteCount) } else { unsafe base.deallocate() }
    }

    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe try body(UnsafeRawBufferPointer(start: base, count: byteCount))
    }

    private static func allocate(byteCount: Int) -> (base: UnsafeMutableRawPointer, isMapped: Bool)? {
        guard byteCount < pagedByteCount else {
            let pages = unsafe FreshPages.map(byteCount: byteCount)
            return unsafe pages.map { unsafe ($0, true) }
        }
        return unsafe (zeros(byteCount), false)
    }

    private static func zeros(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let base = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: alignment)
        unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        return unsafe base
    }
}

extension SharedMemory {
    /// A copy of these bytes. The caller bounds the size.
    package convenience init(copying bytes: [UInt8]) {
        unsafe self.init(byteCount: bytes.count) { memory in
            unsafe bytes.withUnsafeBytes { unsafe memory.copyMemory(from: $0) }
        }
    }

    /// Copies a range that lies within the memory.
    package func bytes(in range: Range<Int>) -> [UInt8] {
        unsafe withUnsafeBytes { unsafe [UInt8]($0[range]) }
    }
}

extension SharedMemory {
    /// A copy of all bytes.
    package var bytes: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}
