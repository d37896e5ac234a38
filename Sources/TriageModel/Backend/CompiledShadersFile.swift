import ModelFormat

/// Where the shaders that a driver has compiled outlive the process: one file for each device and driver, which starts with
/// the SHA-256 of the rest, because a driver that is given damaged shaders need not notice.
///
/// The file is a convenience: what cannot be read is compiled again, and what cannot be written is lost. Safe from several
/// processes: the last one wins.
struct CompiledShadersFile: Sendable {
    private static let byteLimit = 64 << 20
    private static let digestLength = 64

    let path: String
    private let directory: String

    /// `device`: the identity of the device and its driver.
    init(directory: String, device: String) {
        self.directory = directory
        path = "\(directory)/shaders-\(device)"
    }

    /// Empty where there are none.
    func read() -> [UInt8] {
        guard let bytes = try? FileBytes.read(path, limit: Self.byteLimit), bytes.count > Self.digestLength else {
            return []
        }
        let shaders = Array(bytes[Self.digestLength...])
        return Array(sha256(of: shaders).utf8) == Array(bytes[..<Self.digestLength]) ? shaders : []
    }

    func write(_ shaders: [UInt8]) {
        guard !shaders.isEmpty, shaders.count <= Self.byteLimit - Self.digestLength else { return }
        try? Directory.create(directory)
        try? AtomicFile.write(Array(sha256(of: shaders).utf8) + shaders, to: path)
    }
}
