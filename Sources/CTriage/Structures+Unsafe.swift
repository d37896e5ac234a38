/// How many bytes of a caller's structure may be touched: the `struct_size` it begins with. All structures are in their first
/// version; one that grows keeps the size of the first as its least.
/// - Throws: `Failure` where no version is so small.
func checkedSize<Structure: BitwiseCopyable>(
    of pointer: UnsafePointer<Structure>,
    _ name: StaticString
) throws(Failure) -> Int {
    let size = unsafe UnsafeRawPointer(pointer).load(as: UInt.self)
    guard size >= MemoryLayout<Structure>.size else {
        throw .argument("struct_size of \(name) is \(size), not \(MemoryLayout<Structure>.size) or more")
    }
    return Int(clamping: size)
}

/// Fills the caller's structure of `size` bytes but for its size, which stays the caller's, and what the library does not know.
func write<Structure: BitwiseCopyable>(_ structure: Structure, to pointer: UnsafeMutableRawPointer, size: Int) {
    let start = MemoryLayout<UInt>.size
    unsafe withUnsafeBytes(of: structure) { bytes in
        let end = min(size, bytes.count)
        unsafe UnsafeMutableRawBufferPointer(start: pointer + start, count: end - start).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        )
    }
}

/// Writes a string and its NUL into an array of characters, and of what does not fit as many whole characters as do.
func write<Characters: BitwiseCopyable>(_ string: String, to characters: inout Characters) {
    var string = string
    string.withUTF8 { source in
        unsafe withUnsafeMutableBytes(of: &characters) { target in
            var count = min(source.count, target.count - 1)
            if count < source.count {
                // Back to where a character begins: continuation bytes are 10xxxxxx.
                while unsafe count > 0 && source[count] & 0xC0 == 0x80 { count -= 1 }
            }
            unsafe target.copyMemory(from: UnsafeRawBufferPointer(start: source.baseAddress, count: count))
            unsafe target[count] = 0
        }
    }
}
