import Encoder

/// A part of the arena, from this byte.
struct Region: Sendable, Hashable {
    let offset: Int
}

/// What the arena will hold, laid out before it is allocated: weights that are copied into it once, and scratch.
struct ArenaLayout {
    /// Of every region's start; devices read 16 bytes at once and like lines of 128 or 256.
    private static let alignment = 256

    private(set) var byteCount = 0
    fileprivate var contents: [(region: Region, words: () -> [UInt32])] = []

    /// Room for so many words of 32 bits, without a value.
    mutating func reserve(words count: Int) -> Region {
        let region = Region(offset: byteCount)
        byteCount += (4 * count + Self.alignment - 1) / Self.alignment * Self.alignment
        return region
    }

    /// Room for words that are made when they are copied.
    mutating func add(words count: Int, _ words: @escaping () -> [UInt32]) -> Region {
        let region = reserve(words: count)
        contents.append((region, words))
        return region
    }

    mutating func add(_ values: [Float]) -> Region {
        add(words: values.count) { values.map(\.bitPattern) }
    }
}

/// The device's memory for one model: weights, and scratch of all that runs at once.
final class Arena: Sendable {
    private static let stagingByteCount = 16 << 20

    let buffer: DeviceBuffer

    /// Allocates the arena and copies the weights into it, a part of it at a time.
    init(_ layout: consuming ArenaLayout, on device: Device) throws(EncoderError) {
        let limit = device.description.maximumAllocation
        guard layout.byteCount <= limit else {
            throw .unavailable(
                "the model needs \(layout.byteCount) bytes on \(device.description.name), "
                    + "which gives at most \(limit) at once"
            )
        }
        buffer = try DeviceBuffer(device, byteCount: layout.byteCount, .onDevice)
        let staging = try DeviceBuffer(device, byteCount: min(Self.stagingByteCount, layout.byteCount), .staging)
        for (region, words) in layout.contents {
            let words = words()
            var start = 0
            while start < words.count {
                let count = min(words.count - start, staging.byteCount / 4)
                staging.write(words[start..<start + count])
                let commands = try Commands(device)
                try commands.record { commands throws(EncoderError) in
                    commands.copy(4 * count, from: staging, to: buffer, at: region.offset + 4 * start)
                }
                try commands.execute(timeout: VulkanBackend.timeout(of: device.description))
                start += count
            }
        }
    }

    subscript(region: Region) -> UInt64 { buffer.address + UInt64(region.offset) }
}
