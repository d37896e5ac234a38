extension Tensor {
    /// A tensor of new memory that `fill` writes. The caller bounds the size.
    package init<Failure: Error>(
        elementType: ElementType,
        shape: TensorShape,
        fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        self.elementType = elementType
        self.shape = shape
        unsafe memory = try SharedMemory(byteCount: shape.elementCount * elementType.size, fill: fill)
        byteOffset = 0
    }

    /// Memory of a mapped file may have any alignment: read it with `loadUnaligned`.
    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe memory.withUnsafeBytes { bytes throws(Failure) in
            try unsafe body(UnsafeRawBufferPointer(rebasing: bytes[byteOffset..<byteOffset + byteCount]))
        }
    }

    /// The elements as 32-bit floats; exact for F32, F16, BF16, I8 and U8.
    package func floats() -> [Float] {
        let count = shape.elementCount
        return unsafe [Float](unsafeUninitializedCapacity: count) { destination, initialised in
            unsafe withUnsafeBytes { bytes in
                for index in 0..<count {
                    unsafe destination.initializeElement(at: index, to: elementType.float(in: bytes, at: index))
                }
            }
            initialised = count
        }
    }

    /// The bytes of a tensor of I8 or U8, as signed ones.
    package func int8s() -> [Int8] {
        precondition(elementType.size == 1)
        return unsafe withUnsafeBytes { bytes in unsafe bytes.map { Int8(bitPattern: $0) } }
    }

    /// The largest magnitude of floating-point elements, infinite or not a number where one is; 0 for integers.
    package var largestMagnitude: Float {
        unsafe withUnsafeBytes { bytes in
            switch elementType {
            case .float32: Float(bitPattern: unsafe Self.largestBits(in: bytes, as: UInt32.self))
            case .float16: Float(Float16(bitPattern: unsafe Self.largestBits(in: bytes, as: UInt16.self)))
            case .bfloat16: Float(bitPattern: UInt32(unsafe Self.largestBits(in: bytes, as: UInt16.self)) << 16)
            case .int8, .uint8, .int32, .int64: 0
            }
        }
    }

    /// The largest element as bits, its sign removed: floats of one sign are ordered as their bits are.
    private static func largestBits<Bits: FixedWidthInteger & UnsignedInteger>(
        in bytes: UnsafeRawBufferPointer,
        as type: Bits.Type
    ) -> Bits {
        let size = MemoryLayout<Bits>.size
        var largest: Bits = 0
        for index in 0..<bytes.count / size {
            largest = max(largest, unsafe bytes.loadUnaligned(fromByteOffset: size * index, as: type) & (.max >> 1))
        }
        return largest
    }

    /// A 32-bit float tensor with these elements.
    package init(_ values: [Float], shape: TensorShape) {
        precondition(values.count == shape.elementCount)
        unsafe self.init(elementType: .float32, shape: shape) { bytes in
            unsafe values.withUnsafeBytes { unsafe bytes.copyMemory(from: $0) }
        }
    }

    /// A tensor whose elements have these bits; `Bits` has the size of an element.
    package init<Bits: FixedWidthInteger & UnsignedInteger>(
        littleEndian bits: [Bits],
        elementType: ElementType,
        shape: TensorShape
    ) {
        precondition(bits.count == shape.elementCount && MemoryLayout<Bits>.size == elementType.size)
        unsafe self.init(elementType: elementType, shape: shape) { bytes in
            unsafe bits.withUnsafeBytes { unsafe bytes.copyMemory(from: $0) }
        }
    }
}

extension ElementType {
    @inline(__always)
    fileprivate func float(in bytes: UnsafeRawBufferPointer, at index: Int) -> Float {
        switch self {
        case .float32: unsafe bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
        case .float16: Float(unsafe bytes.loadUnaligned(fromByteOffset: 2 * index, as: Float16.self))
        case .bfloat16:
            Float(bitPattern: UInt32(unsafe bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)) << 16)
        case .int8: Float(unsafe bytes.loadUnaligned(fromByteOffset: index, as: Int8.self))
        case .uint8: Float(unsafe bytes[index])
        case .int32: Float(unsafe bytes.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self))
        case .int64: Float(unsafe bytes.loadUnaligned(fromByteOffset: 8 * index, as: Int64.self))
        }
    }
}
