import Glibc

/// The text of a small file such as those in `/proc` and `/sys`; nil where there is none or it is larger than 4 MiB.
package func smallFile(_ path: String) -> String? {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard number >= 0 else { return nil }
    defer { close(number) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while text.count <= 1 << 22 {
        let count = unsafe read(number, &buffer, buffer.count)
        if count == 0 { return String(validating: text, as: UTF8.self) }
        if count > 0 { text += buffer[..<count] } else if errno != EINTR { return nil }
    }
    return nil
}
