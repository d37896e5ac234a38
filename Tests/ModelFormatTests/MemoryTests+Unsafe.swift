import Tensors
import Testing

/// Blocks that are allocated together and freed one by one.
@Suite struct MemoryTests {
    static let counts = [5 << 19, 1, 0, (128 << 10) + 1, 200_000, 128 << 10, 64]

    /// Blocks of `counts`, each filled with its index plus 1; nil where they were not aligned and zero before.
    private func filledBlocks() -> [SharedMemory]? {
        var isClean = true
        let blocks = unsafe SharedMemory.make(byteCounts: Self.counts) { buffers in
            for index in unsafe buffers.indices {
                let buffer = unsafe buffers[index]
                if Int(bitPattern: buffer.baseAddress) % SharedMemory.alignment != 0 { isClean = false }
                if unsafe [UInt8](buffer) != [UInt8](repeating: 0, count: buffer.count) { isClean = false }
                unsafe buffer.initializeMemory(as: UInt8.self, repeating: UInt8(index + 1))
            }
        }
        return isClean ? blocks : nil
    }

    @Test func blocksAreAlignedZeroAndFreedOneByOne() throws {
        var blocks = try #require(filledBlocks())
        #expect(blocks.map(\.byteCount) == Self.counts)
        while !blocks.isEmpty {
            // Large neighbours give back whole pages; those that stay must keep theirs.
            blocks.remove(at: blocks.count / 2)
            for block in blocks {
                let index = try #require(Self.counts.firstIndex(of: block.byteCount))
                #expect(block.bytes == [UInt8](repeating: UInt8(index + 1), count: block.byteCount))
            }
        }
    }

    @Test func saysWhereTheSystemHasNoMemory() {
        let blocks = unsafe SharedMemory.make(byteCounts: [1 << 50]) { _ in }
        #expect(blocks == nil)
    }
}
