package import Tensors

/// One tensor as the header of a weight file describes it.
package struct TensorEntry: Sendable, Equatable {
    package let name: String
    package let elementType: ElementType
    package let shape: TensorShape
    /// Where the elements lie, in bytes from the start of the (decompressed) data section.
    package let byteRange: Range<Int>

    package var byteCount: Int { byteRange.count }
}
