import CKernels
import Testing

/// The C kernels of one instruction set, with arrays in and arrays out. Each call places its inputs and outputs at an
/// awkward alignment and checks that nothing around the outputs was written.
@safe
struct KernelTable: @unchecked Sendable, CustomTestStringConvertible {
    // Points to a constant of the C module.
    let table: UnsafePointer<triage_kernels>

    static let scalar = KernelTable(TRIAGE_ISA_SCALAR)!

    /// Those beyond scalar that this machine runs. Identifiers are small and consecutive.
    static let others = (1..<32).compactMap { KernelTable(triage_isa($0)) }

    static let all = [scalar] + others

    private init?(_ isa: triage_isa) {
        guard let table = unsafe triage_kernels_for(isa) else { return nil }
        unsafe self.table = table
    }

    var testDescription: String { unsafe String(cString: table.pointee.name) }
}

/// Memory with room for `count` elements that start `offset` elements after a 64-byte boundary, between sentinels.
@safe
final class Guarded<Element: BitwiseCopyable> {
    private static var margin: Int { 64 }
    private static var sentinel: UInt8 { 0xA5 }

    let count: Int
    let pointer: UnsafeMutablePointer<Element>
    private let base: UnsafeMutableRawPointer
    private let byteCount: Int

    init(count: Int, offset: Int) {
        self.count = count
        let start = Self.margin + offset * MemoryLayout<Element>.stride
        byteCount = start + count * MemoryLayout<Element>.stride + Self.margin
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
        unsafe base.initializeMemory(as: UInt8.self, repeating: Self.sentinel, count: byteCount)
        unsafe pointer = (base + start).bindMemory(to: Element.self, capacity: max(count, 1))
    }

    convenience init(_ values: [Element], offset: Int) {
        self.init(count: values.count, offset: offset)
        unsafe values.withUnsafeBufferPointer { source in
            if let first = source.baseAddress { unsafe pointer.update(from: first, count: source.count) }
        }
    }

    deinit { unsafe base.deallocate() }

    var values: [Element] { unsafe Array(UnsafeBufferPointer(start: pointer, count: count)) }

    /// Whether the bytes before and after the elements are untouched.
    var isIntact: Bool {
        let start = unsafe UnsafeRawPointer(pointer) - UnsafeRawPointer(base)
        let end = start + count * MemoryLayout<Element>.stride
        let bytes = unsafe UnsafeRawBufferPointer(start: base, count: byteCount)
        return unsafe bytes[..<start].allSatisfy { $0 == Self.sentinel }
            && bytes[end...].allSatisfy { $0 == Self.sentinel }
    }
}

/// The bits of floats, so that results compare exactly, with -0 and 0 apart. Values that are not numbers count as one:
/// IEEE-754 leaves open which of them an operation gives.
func bits(_ values: [Float]) -> [UInt32] {
    values.map { $0.isNaN ? 0x7FC0_0000 : $0.bitPattern }
}
