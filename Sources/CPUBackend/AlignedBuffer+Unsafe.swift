import Glibc

/// A fixed number of elements, aligned to 64 bytes and zero at first: scratch that kernels write, or weights packed for
/// them. Reading and writing through it happens in the kernels only.
///
/// `@unchecked Sendable`: weights are written before they are shared and never after; scratch is used by one call at a
/// time, which `SparePool` sees to.
@safe
final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    let count: Int
    let pointer: UnsafeMutablePointer<Element>
    /// What to free at the end.
    private let block: UnsafeMutableRawPointer?
    /// What to keep until then.
    private let owner: AnyObject?

    /// `Element` must be a type for which all bits zero is a value.
    init(count: Int) {
        self.count = count
        // calloc takes large blocks as fresh zero pages: what a short query does not touch costs neither time nor memory.
        let alignment = 64
        guard let block = unsafe calloc(1, count * MemoryLayout<Element>.stride + alignment) else {
            fatalError("no memory for \(count) elements of \(Element.self)")
        }
        unsafe self.block = block
        owner = nil
        let aligned = unsafe block.alignedUp(toMultipleOf: alignment)
        unsafe pointer = aligned.bindMemory(to: Element.self, capacity: count)
    }

    /// Memory of `owner`, aligned to 64 bytes and zero, which nobody else uses.
    init(count: Int, start: UnsafeMutableRawPointer, owner: AnyObject) {
        self.count = count
        unsafe block = nil
        self.owner = owner
        unsafe pointer = start.bindMemory(to: Element.self, capacity: count)
    }

    /// A copy of `values`, followed by zeros up to `count`.
    convenience init(_ values: [Element], paddedTo count: Int? = nil) {
        self.init(count: max(count ?? 0, values.count))
        unsafe values.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            unsafe pointer.update(from: base, count: source.count)
        }
    }

    deinit { unsafe free(block) }

    /// Appends the first `length` elements to an array, without an allocation where its capacity serves.
    func append(_ length: Int, to array: inout [Element]) {
        precondition(length >= 0 && length <= count)
        unsafe array.append(contentsOf: UnsafeBufferPointer(start: pointer, count: length))
    }

    /// Replaces the first elements by `values`.
    func copy(_ values: ArraySlice<Element>) {
        precondition(values.count <= count)
        unsafe values.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            unsafe pointer.update(from: base, count: source.count)
        }
    }
}

extension AlignedBuffer where Element: Comparable {
    /// The greatest of the first `length` elements, at least one, and the first place where it is.
    func greatest(of length: Int) -> (index: Int, value: Element) {
        precondition(length >= 1 && length <= count)
        var index = 0
        for place in 1..<max(1, length) where unsafe pointer[place] > pointer[index] { index = place }
        return (index, unsafe pointer[index])
    }
}
