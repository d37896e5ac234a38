import Encoder
import Testing

@testable import VulkanBackend

/// What needs no device: how batches, weights and memory are laid out, and how devices are chosen.
@Suite struct LayoutTests {
    @Test func sizesAreNeverTooSmallAndSeldomMuchTooLarge() {
        #expect(
            [1, 16, 17, 32, 33, 48, 49, 65, 97].map { SizeBuckets.size(for: $0, limit: 2048) }
                == [16, 16, 32, 32, 48, 48, 64, 96, 128]
        )
        for tokens in 1...2048 {
            let size = SizeBuckets.size(for: tokens, limit: 2048)
            #expect(size >= tokens && size <= 2048)
            #expect(tokens <= 32 || 2 * size <= 3 * tokens, "\(tokens)")
        }
        #expect(Set((1...16384).map { SizeBuckets.size(for: $0, limit: 16384) }).count < 24)
        #expect(SizeBuckets.size(for: 100, limit: 100) == 100)
    }

    /// The definition of the layout, element by element.
    @Test(arguments: [(1, 1), (16, 64), (17, 65), (50, 3), (5, 130)])
    func weightsArePacked(inputs: Int, outputs: Int) {
        let values = (0..<inputs * outputs).map { Int8(truncatingIfNeeded: $0 * 37 % 255 - 127) }
        let words = Int8Linear.pack(values, inputs: inputs, outputs: outputs)
        let groups = (inputs + 15) / 16, panels = (outputs + 63) / 64
        var expected = [UInt8](repeating: 0, count: panels * groups * 64 * 16)
        for output in 0..<outputs {
            for input in 0..<inputs {
                let place = ((output / 64 * groups + input / 16) * 64 + output % 64) * 16 + input % 16
                expected[place] = UInt8(bitPattern: values[output * inputs + input])
            }
        }
        #expect(words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } } == expected)
    }

    @Test func regionsAreAlignedAndApart() {
        var layout = ArenaLayout()
        var ends: [Int] = []
        for words in [1, 64, 65, 0, 3] {
            let region = layout.reserve(words: words)
            #expect(region.offset % 256 == 0 && region.offset >= ends.last ?? 0)
            ends.append(region.offset + 4 * words)
        }
        #expect(layout.byteCount >= ends.last ?? 0)
    }

    @Test func commandsAreForAddressesAndNumbersInOrder() {
        let push = PushConstants([0x1_0000_0002, 3], [7])
        #expect(push.words == [2, 1, 3, 0, 7])
    }
}
