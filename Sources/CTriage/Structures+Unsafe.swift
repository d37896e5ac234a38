/// The bytes that structures had in version 1.0, where they have grown since.
enum FirstSize {
    static let options = 32
    static let info = 224
}

/// How many bytes of a caller's structure may be touched: the `struct_size` it begins with. `first`: its size in the first
/// version, where it has grown.
/// - Throws: `Failure` where no version is so small.
func checkedSize<Structure: BitwiseCopyable>(
    of pointer: UnsafePointer<Structure>,
    _ name: StaticString,
    first: Int = MemoryLayout<Structure>.size
) throws(Failure) -> Int {
    let size = unsafe UnsafeRawPointer(pointer).load(as: UInt.self)
    guard size >= first else { throw .argument("struct_size of \(name) is \(size), not \(first) or more") }
    return Int(clamping: size)
}

/// What the caller's structure of `size` bytes holds; zero where it ends earlier than ours.
func copy<Structure: BitwiseCopyable>(
    of pointer: UnsafePointer<Structure>,
    size: Int,
    over empty: Structure
) -> Structure {
    var structure = empty
    unsafe withUnsafeMutableBytes(of: &structure) { bytes in
        unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: min(size, bytes.count)))
    }
    return structure
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
