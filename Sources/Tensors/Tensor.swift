/// An immutable view of typed elements in shared memory. Copying a tensor copies no element.
package struct Tensor: Sendable {
    package let elementType: ElementType
    package let shape: TensorShape
    let memory: SharedMemory
    let byteOffset: Int

    /// Views `memory` from `byteOffset`; nil where the tensor would not lie within it.
    package init?(elementType: ElementType, shape: TensorShape, memory: SharedMemory, byteOffset: Int = 0) {
        guard let byteCount = shape.byteCount(of: elementType), byteOffset >= 0,
            byteOffset <= memory.byteCount, byteCount <= memory.byteCount - byteOffset
        else { return nil }
        self.elementType = elementType
        self.shape = shape
        self.memory = memory
        self.byteOffset = byteOffset
    }

    package var byteCount: Int { shape.elementCount * elementType.size }

    package var rowCount: Int { shape.dimensions.first ?? 1 }

    /// Elements in one index of the outermost dimension.
    package var rowLength: Int { rowCount == 0 ? 0 : shape.elementCount / rowCount }
}
