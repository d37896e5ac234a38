/// The text of a small file such as those in `/proc` and `/sys`; nil where there is none or it is larger than 4 MiB.
package func smallFile(_ path: String) -> String? {
    guard let file = try? Descriptor(reading: path) else { return nil }
    defer { file.close() }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while text.count <= 1 << 22 {
        switch try? file.read(into: &buffer, mayWait: true, interruption: nil) {
        case .bytes(let count): text += buffer[..<count]
        case .end: return String(validating: text, as: UTF8.self)
        case .wouldWait, .interrupted, nil: return nil
        }
    }
    return nil
}
