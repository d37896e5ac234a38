import CFuzzer
import Tensors

@testable import ModelFormat

/// Hands the command line to libFuzzer, which tells its options itself.
func runWeightFileFuzz() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
    _ = unsafe LLVMFuzzerRunDriver(&count, &arguments, fuzzWeightFile)
}

/// What libFuzzer calls: reads a weight file made of the input and decodes all its tensors. The first byte says how the
/// rest becomes a file, so that damage also gets behind lengths and checksums that chance would never hit.
func fuzzWeightFile(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let kind = input.first else { return 0 }
    let rest = Array(input.dropFirst())
    switch kind % 4 {
    case 0: read(rest)
    case 1: read(plain(rest))
    case 2: read(compressed(rest))
    default: read(looseFrames(rest))
    }
    return 0
}

/// Small caps: the fuzzer is to find wrong decisions, not slow allocations.
private let limits = {
    var limits = FormatLimits()
    limits.headerBytes = 1 << 14
    limits.decodedBytes = 1 << 20
    limits.frames = 64
    return limits
}()

private func read(_ bytes: [UInt8]) {
    guard let file = try? WeightFile(SharedMemory(copying: bytes), path: "input", limits: limits) else { return }
    precondition(file.decodedBytes <= limits.decodedBytes)
    guard let tensors = try? file.load(file.entries.map(\.name), threads: 1) else { return }
    for entry in file.entries {
        guard let tensor = tensors[entry.name] else { preconditionFailure("a tensor is missing") }
        precondition(tensor.byteCount == entry.byteRange.count)
        // Touches every byte, for the address sanitizer.
        _ = unsafe tensor.withUnsafeBytes { unsafe $0.reduce(0, &+) }
    }
}

/// The rest, up to a zero byte, as header text with its true length; then the data.
private func plain(_ bytes: [UInt8]) -> [UInt8] {
    let json = bytes.prefix { $0 != 0 }
    var file: [UInt8] = []
    file.appendLittleEndian(UInt64(json.count))
    return file + json + bytes.dropFirst(json.count + 1)
}

/// Header text and data as above, the data cut into frames as its first bytes say; frames and table are sound.
private func compressed(_ bytes: [UInt8]) -> [UInt8] {
    let json = bytes.prefix { $0 != 0 }
    var data = bytes.dropFirst(json.count + 1)
    var header: [UInt8] = []
    header.appendLittleEndian(UInt64(json.count))
    var pieces = [header + json]
    while let length = data.first, pieces.count < 8 {
        pieces.append(Array(data.dropFirst().prefix(Int(length))))
        data = data.dropFirst(1 + Int(length))
    }
    return table(pieces.compactMap { try? unsafe compressor?.frame(of: $0) })
}

/// A sound header frame for one tensor of 256 bytes, then the input as its frame, its length and checksum believed.
private func looseFrames(_ bytes: [UInt8]) -> [UInt8] {
    let json = Array(#"{"t":{"dtype":"I8","shape":[256],"data_offsets":[0,256]}}"#.utf8)
    var header: [UInt8] = []
    header.appendLittleEndian(UInt64(json.count))
    guard bytes.count >= 4, let first = try? unsafe compressor?.frame(of: header + json) else { return bytes }
    return table([first, CompressedFrame(bytes: bytes, decodedBytes: 256)])
}

private func table(_ frames: [CompressedFrame]) -> [UInt8] { frames.flatMap(\.bytes) + SeekTable.encoded(frames) }

nonisolated(unsafe) private let compressor = ZstdCompressor(level: 1)
