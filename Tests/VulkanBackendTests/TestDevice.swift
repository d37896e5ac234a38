import Encoder
import Foundation
import Synchronization
import Testing

@testable import EncoderTestSupport
@testable import VulkanBackend

/// The device of the tests: the one that `TRIAGE_TEST_DEVICE` names, else llvmpipe, else any.
enum TestDevice {
    static let found: Result<VulkanDevice, EncoderError> = Result { () throws(EncoderError) in
        if let name = ProcessInfo.processInfo.environment["TRIAGE_TEST_DEVICE"] {
            return try VulkanDevice.selected(name)
        }
        if let software = try? VulkanDevice.selected("llvmpipe") { return software }
        return try VulkanDevice.selected(nil)
    }

    private static let shared = Result { () throws(EncoderError) in
        let device = try Device(found.get(), cache: [])
        return (device, emulation: try FloatArithmetic.hasFusedMultiplyAdd(device) ? 0 : 1)
    }

    private static let pipelines = Mutex<[String: Pipeline]>([:])

    static func device() throws -> Device { try shared.get().0 }

    /// Runs a shader once. Its first constant, how it multiplies and adds, comes before `constants`.
    static func run(
        _ shader: String,
        _ constants: [Int],
        _ addresses: [UInt64],
        _ numbers: [UInt32] = [],
        _ workgroups: Commands.Workgroups,
        subgroupSize: Int? = nil
    ) throws {
        let (device, emulation) = try shared.get()
        let key = "\(shader) \(constants)"
        let compiled = pipelines.withLock { $0[key] }
        let pipeline =
            try compiled
            ?? Pipeline(
                shader,
                ([emulation] + constants).map { UInt32($0) },
                subgroupSize: subgroupSize,
                on: device
            )
        pipelines.withLock { $0[key] = pipeline }
        let commands = try Commands(device)
        try commands.record { commands in
            commands.dispatch(pipeline, PushConstants(addresses, numbers), workgroups)
        }
        try commands.execute(timeout: .seconds(60))
    }

    fileprivate static var reason: String {
        if case .failure(let error) = found { error.description } else { "there is a device" }
    }

    fileprivate static var isThere: Bool { (try? found.get()) != nil }
}

extension Trait where Self == ConditionTrait {
    /// Skips the test where there is no device, and says why.
    static var onDevice: Self { .enabled(if: TestDevice.isThere, "\(TestDevice.reason)") }
}

/// Words of 32 bits in memory that host and device share, followed by words that no shader may write.
struct DeviceWords {
    private static let margin = [UInt32](repeating: 0xA5A5_A5A5, count: 64)

    let count: Int
    private let buffer: DeviceBuffer

    init(_ words: [UInt32]) throws {
        count = words.count
        buffer = try DeviceBuffer(TestDevice.device(), byteCount: 4 * count + 4 * Self.margin.count, .download)
        buffer.write(words[...])
        buffer.write(Self.margin[...], at: 4 * count)
    }

    init(_ values: [Float]) throws { try self.init(values.map(\.bitPattern)) }

    /// For results; what is not written stays recognisable.
    init(count: Int) throws { try self.init([UInt32](repeating: 0xDEAD_BEEF, count: count)) }

    /// The header of a batch.
    static func header(tokens: Int = 0, sequences: Int = 0, tasks: Int = 0) throws -> DeviceWords {
        try DeviceWords([UInt32(tokens), UInt32(sequences), UInt32(tasks), 0])
    }

    var address: UInt64 { buffer.address }

    var words: [UInt32] {
        var all: [UInt32] = []
        buffer.append(count + Self.margin.count, to: &all)
        #expect(all.suffix(Self.margin.count) == Self.margin[...], "written beyond the end")
        return Array(all.prefix(count))
    }

    var floats: [Float] { words.map { Float(bitPattern: $0) } }
}

/// Rows that are ordinary, all zero, huge, tiny and constant by turns.
func awkwardRows(_ rows: Int, _ columns: Int, seed: Int) -> [Float] {
    (0..<rows).flatMap { row -> [Float] in
        let values = Noise.floats(columns, seed: seed + row)
        switch (row + seed) % 5 {
        case 0: return values.map { $0 * 3 + 0.5 }
        case 1: return [Float](repeating: 0, count: columns)
        case 2: return values.map { $0 * 1e15 }
        case 3: return values.map { $0 * 1e-15 }
        default: return [Float](repeating: -2.5, count: columns)
        }
    }
}

/// The sizes of rows, and how many rows of each, that shaders are tried with.
enum AwkwardSizes {
    static let columns = [1, 3, 15, 16, 17, 48, 384, 1536]

    static func rows(_ columns: Int) -> [Int] { columns < 384 ? [1, 2, 7, 8, 9, 33, 129] : [1, 9, 17] }
}
