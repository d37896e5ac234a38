/// The first texts of a file of queries, `-` for standard input, for commands that need some of them at once.
///
/// Throws `BadTextFile` where a line cannot be read, there is none, or they come to more than `byteLimit` bytes.
package func texts(
    in path: String,
    format: InputFormat = .auto,
    limit: Int,
    byteLimit: Int = .max
) throws -> [String] {
    let file = path == "-" ? .standardInput : try Descriptor(reading: path)
    var reader = LineReader(DescriptorSource(file, interruption: nil))
    var decoder = QueryDecoder(format: format, file: path)
    var texts: [String] = []
    while texts.count < limit, case .line(let line) = try reader.next() {
        guard reader.position <= byteLimit else {
            throw BadTextFile(description: "\(file.file): larger than \(byteLimit) bytes; split it")
        }
        switch decoder.decode(line) {
        case .success(let query): texts.append(query.text)
        case .failure(let input): throw BadTextFile(description: "\(file.file):\(input.line): \(input.reason)")
        }
    }
    guard !texts.isEmpty else { throw BadTextFile(description: "\(file.file): holds no text") }
    return texts
}

/// Why texts cannot be taken from a file.
package struct BadTextFile: Error, CustomStringConvertible {
    package let description: String
}
